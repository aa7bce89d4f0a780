"""Pods: what a node's addresses allow, and what a request on Fargate is rounded up to."""

import pytest

from engine.placement import eks_fargate_size, max_pods


@pytest.mark.parametrize(("enis", "addresses", "pods"), [(2, 2, 4), (3, 10, 29), (15, 50, 737), (2, 4, 8), (1, 50, 51)])
def test_each_interface_keeps_an_address_and_two_pods_need_none(enis, addresses, pods):
    assert max_pods(enis, addresses) == pods


@pytest.mark.parametrize(("vcpu", "memory_mib", "size"), [
    (0, 0, (256, 512)),                    # nothing asked
    (0.25, 256, (256, 512)),               # 256 and 256 on top: exactly half a gigabyte
    (0.25, 257, (256, 1024)),
    (0.25, 1793, (512, 3072)),             # 2049 MiB: a quarter CPU ends at 2 GB, half a one has steps of 1 GB
    (0.3, 100, (512, 1024)),
    (1, 8 * 1024, (2048, 9 * 1024)),       # the guide's own example
    (1, 8 * 1024 - 256, (1024, 8 * 1024)),
    (2, 16 * 1024, (4096, 17 * 1024)),
    (4, 30 * 1024, (8192, 32 * 1024)),     # from 8 vCPU on, in steps of 4 GB: 31 is none of them
    (5, 1024, (8192, 16 * 1024)),          # a large CPU brings its least memory along
    (16, 119 * 1024, (16384, 120 * 1024)),
    (0.5, 119 * 1024, (16384, 120 * 1024)),
])  # fmt: skip
def test_requests_are_rounded_up_with_256_mib_on_top(vcpu, memory_mib, size):
    found = eks_fargate_size(vcpu, memory_mib)

    assert (found.cpu_units, found.memory_mib) == size


@pytest.mark.parametrize(("vcpu", "memory_mib"), [(16.1, 1), (1, 120 * 1024)])
def test_what_is_too_large_has_no_size(vcpu, memory_mib):
    assert eks_fargate_size(vcpu, memory_mib) is None
