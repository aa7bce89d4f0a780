"""The other end of `Worker`: `python -m engine.admission NUMBER NICENESS`, with a pipe open under that number. Nobody types it."""

import os
import sys
from multiprocessing.connection import Connection

from engine.admission.worker import work

os.nice(int(sys.argv[2]))
sys.stdout = sys.stderr  # nothing of ours is printed; what a library prints belongs to the log
work(Connection(int(sys.argv[1])))
