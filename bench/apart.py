"""A measurement in a process of its own, so that its peak memory is its own."""

import json
import os
import resource
from collections.abc import Callable


def apart(work: Callable[[], dict]) -> dict:
    """What `work` answers, with the peak memory in MB of its process (`self`) and of that one's children (`children`)."""
    from django.db import connections

    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            answer = work()
            answer["self"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            answer["children"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            os.write(writing, json.dumps(answer).encode())
            status = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    if not said:
        raise SystemExit("a measurement failed")
    return json.loads(said)
