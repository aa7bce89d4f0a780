"""Serverless services as models of one shape, wired into a pipeline; and where one way to pay becomes dearer than another."""

from engine.serverless.bill import Line, bill
from engine.serverless.flow import Flow, Kind
from engine.serverless.scenario import Pipeline, operation
from engine.serverless.simulation import run

__all__ = ["Flow", "Kind", "Line", "Pipeline", "bill", "operation", "run"]
