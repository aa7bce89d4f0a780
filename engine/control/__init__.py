"""Control: the loops that keep desired = actual. SimPy lives here and in `simulation`, nowhere else but the twin."""
