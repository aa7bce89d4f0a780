"""Many come on a machine whose shell allows few open files: the server asks for more before it needs them."""

import subprocess
import sys

import pytest

resource = pytest.importorskip("resource")

BEGIN = """
import resource, sys
few, hard = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_NOFILE, (few, hard))
{what}
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def limit_after(root, what, few, hard):
    done = subprocess.run(
        [sys.executable, "-c", BEGIN.format(what=what), str(few), str(hard)], cwd=root, capture_output=True, text=True, check=True
    )  # fmt: skip
    return int(done.stdout.split()[-1])


def test_a_server_that_begins_with_a_macs_256_files_may_open_enough_for_a_hall(root):
    assert limit_after(root, "import app", 256, 8_192) >= 300 * 4


@pytest.mark.parametrize(
    ("few", "hard", "after"), [(256, 500, 500), (500, 500, 500), (8_192, 9_000, 8_192), (9_000, 9_000, 9_000)]
)
def test_it_takes_what_it_is_allowed_and_gives_nothing_back(root, few, hard, after):
    if hard > resource.getrlimit(resource.RLIMIT_NOFILE)[1] != resource.RLIM_INFINITY:
        pytest.skip("this machine allows fewer")

    assert limit_after(root, "from pages.parts.files import more_files; more_files()", few, hard) == after
