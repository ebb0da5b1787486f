"""Some clients that view offices' pages, each one after the other; prints how many views a second it were in all."""

import http.client
import sys
import threading
import time

from tests.bench.history import office


def main(netloc: str, session: str, clients: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    views = [0] * clients

    def view(place: int) -> None:
        connection = http.client.HTTPConnection(netloc, timeout=30)
        while time.monotonic() < until:
            path = f"/offices/{office((place + views[place]) % 5)}"
            connection.request("GET", path, headers={"Cookie": f"nuomone_session={session}", "Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            views[place] += 1

    threads = [threading.Thread(target=view, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(views) / seconds)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
