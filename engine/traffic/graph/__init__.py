"""The data plane of an application: users' requests, and the calls between its modules.

`compiled` plays them in `kernel`; `one_by_one` is its twin; `tables` is what both hand over.
"""
