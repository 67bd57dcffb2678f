"""Converts the files named on each line of standard input, by the unoservers on the ports given; prints the seconds.

Runs in the environment of ``benchmarks/setup``: unoserver's own client, a thread for each server.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from unoserver.client import UnoClient

FILTER = ["SelectPdfVersion=3", "UseTaggedPDF=true", "PDFUACompliance=true", "ExportFormFields=false"]


def main(ports: list[str]) -> None:
    """Serve until standard input ends."""
    free: SimpleQueue[UnoClient] = SimpleQueue()
    for port in ports:
        free.put(UnoClient(port=port))

    def convert(file: str) -> None:
        client = free.get()
        client.convert(inpath=file, outpath=file.removesuffix(".docx") + "-uno.pdf", filter_options=FILTER)
        free.put(client)

    with ThreadPoolExecutor(len(ports)) as threads:
        for line in sys.stdin:
            started = time.perf_counter()
            list(threads.map(convert, line.rstrip("\n").split("\t")))
            print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
