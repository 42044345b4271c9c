"""Runs MiniStack until standard input ends: it does when the process that started this one is gone, however it went."""

import os
import signal
import sys
import threading

from ministack.app import main


def end_with_input():
    while sys.stdin.buffer.read(1024):
        pass
    # Functions run in processes of their own, which end when the pipes to them close.
    os.kill(os.getpid(), signal.SIGKILL)


threading.Thread(target=end_with_input, daemon=True).start()
sys.argv = ["ministack"]
main()
