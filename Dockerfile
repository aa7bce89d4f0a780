# The dashboard as one image. `docker build -t quayside .`, then `docker run --rm --read-only --tmpfs /tmp -v quayside:/data -p 8501:8501 quayside`
#
# A tag names a line of releases, which brings mended systems with each build; who wants the same bytes each time pins a digest here.
FROM python:3.13-slim AS packages

# Wheels only, each held against its hash: nothing is compiled here, so no compiler comes in.
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes \
        -r /tmp/requirements.lock


FROM python:3.13-slim

COPY --from=packages /opt/venv /opt/venv

# What seldom changes comes first, so that one changed line of a page makes a host fetch some megabytes and not all of them.
WORKDIR /app
COPY LICENSE ./
COPY .streamlit ./.streamlit
COPY data ./data
COPY deploy ./deploy
COPY engine ./engine
COPY pages ./pages
COPY app.py ./

# Nothing here can be written at run time, so what Python and numba compile has to be there already. numba tells by a source's
# time whether it has changed, and a registry keeps whole seconds only: all get the same. `generic`: for any processor of this kind,
# as nobody knows which one a host brings; the loops are not slower for it.
ENV NUMBA_CPU_NAME=generic
RUN find app.py engine pages -name '*.py' -exec touch -d @1 {} + \
    && /opt/venv/bin/python -m compileall -q --invalidation-mode checked-hash app.py engine pages \
    && NUMBA_CACHE_DIR=/opt/compiled /opt/venv/bin/python -m engine.precompiled

# The one place that outlives a container belongs to who runs in it.
RUN mkdir /data && chown 10001:10001 /data

# A number and no name: Kubernetes can tell from it alone that this is not root.
USER 10001:10001

# numba's files are laid out in /tmp at each start, as it wants to write beside them. Answers are kept in /data, unless DATABASE_URL
# names a PostgreSQL.
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    NUMBA_CACHE_DIR=/tmp/numba \
    QUAYSIDE_COMPILED=/opt/compiled \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    QUAYSIDE_DATA=/data \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none

VOLUME ["/data", "/tmp"]
EXPOSE 8501

# Ready, not only alive: before the engine is compiled the first visitor would wait. By an address, which the doorman always knows.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/ready', timeout=4)"]

# In this form the process itself is number one and gets SIGTERM; behind a shell it would never hear of it.
STOPSIGNAL SIGTERM
CMD ["python", "-m", "streamlit", "run", "app.py"]
