"""One attack, in a process of its own:

    attacker.py CASE '{"target": {...}, "source": "127.0.1.1", "pace": [bytes, units]}'

It continues until it is killed, and prints how far it has got all the time. It
has what the others leave of the machine, so that what bystanders wait for is
the node and not the attacker.
"""

import json
import os
import sys
import threading
import time

import cases  # noqa: F401  (finds the folders of the other tests)
from streams import Attacker, Pace


def report(attacker):
    while True:
        print(json.dumps(attacker.progress()), flush=True)
        time.sleep(0.1)


def main(name, argument):
    given = json.loads(argument)
    attacker = Attacker(given["target"], given["source"], Pace(*given["pace"]))
    os.nice(19)
    threading.Thread(target=report, args=[attacker], daemon=True).start()
    cases.CASES[name].attack(attacker)


if __name__ == "__main__":
    main(*sys.argv[1:])
