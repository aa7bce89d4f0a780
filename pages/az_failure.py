"""What if a zone dies? One workload, one failure, and launch types side by side."""

from engine import BudgetError
from pages.parts import chapter, furniture
from pages.parts.experiment import Experiment
from pages.parts.turn import turn
from pages.parts.words import voice

experiment = Experiment("az_failure")
speaker = voice()
furniture.notices(experiment, speaker)
try:
    match furniture.view():
        case "stage":
            furniture.stage(experiment, speaker)
        case "compare":
            furniture.compare(experiment, speaker)
        case _:
            furniture.study(experiment, speaker)
except BudgetError as error:
    chapter.budget(speaker, error)
    turn(experiment, speaker)
experiment.write_url()
