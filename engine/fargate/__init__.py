"""What do I give up, what do I get? Slide S22's table acted out, and the numbers of S21: launches, sizes, bills, break-even."""

from engine.fargate.against_ec2 import (
    BreakEven,
    ByDiscount,
    BySize,
    ByTasks,
    break_even,
    by_discount,
    by_price,
    by_size,
    by_tasks,
    whole_box,
)
from engine.fargate.agent_cost import Agents, agents
from engine.fargate.asks import (
    AgentAsk,
    Asks,
    Bills,
    BreakEvenAsk,
    DaemonAsk,
    LaunchAsk,
    NetworkAsk,
    PrivilegedAsk,
    ShellAsk,
    ShortAsk,
    SizeAsk,
    StorageAsk,
)
from engine.fargate.billing import ByLength, Short, billed_s, by_length, disk_usd_per_hour, short_tasks
from engine.fargate.launching import Launches, Rising, launches, lazy_from_mib, level, rising
from engine.fargate.managed import duties
from engine.fargate.network import Copies, copies
from engine.fargate.on_sale import (
    KINDS,
    Kind,
    Offer,
    Sizing,
    kinds,
    right_size,
    sizes,
    smallest,
    usd_for_hour,
    usd_per_hour,
)
from engine.fargate.packing import Packing, host_called, pack
from engine.fargate.privileged import Reach, reach
from engine.fargate.records import COLUMNS, ROWS, Cell, Column, Enactment, Row, RowName, Status, Step, Word
from engine.fargate.shell import opens
from engine.fargate.slide import cell, enact, table
from engine.fargate.storage import Disk, Survival, fargate_disk, survivals

__all__ = [
    "COLUMNS", "KINDS", "ROWS", "AgentAsk", "Agents", "Asks", "Bills", "BreakEven", "BreakEvenAsk", "ByDiscount", "ByLength", "BySize",
    "ByTasks", "Cell", "Column", "Copies", "DaemonAsk", "Disk", "Enactment", "Kind", "LaunchAsk", "Launches", "NetworkAsk",
    "Offer", "Packing", "PrivilegedAsk", "Reach", "Rising", "Row", "RowName", "ShellAsk", "Short", "ShortAsk", "SizeAsk", "Sizing", "Status", "Step",
    "StorageAsk", "Survival", "Word", "agents", "billed_s", "break_even", "by_discount", "by_length", "by_price", "by_size", "by_tasks",
    "cell", "copies", "disk_usd_per_hour", "duties", "enact", "fargate_disk", "host_called", "kinds",
    "launches", "lazy_from_mib", "level", "opens", "pack", "reach", "right_size", "rising", "short_tasks", "sizes", "smallest",
    "survivals", "table", "usd_for_hour", "usd_per_hour", "whole_box",
]  # fmt: skip
