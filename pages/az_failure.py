"""What if a zone dies? One workload, one failure, and launch types side by side."""

from pages.parts.furniture import present

present("az_failure")
