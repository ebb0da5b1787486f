"""Draws, in a process of its own: a line of Vega-Lite in, a line of `{"svg"}` or `{"fault"}` out.

With the argument `bundle` it writes the browser's JavaScript instead. It is run by its path,
so that it loads nothing but vl-convert.
"""

import json
import sys

import vl_convert

_BUNDLE = "window.vegaEmbed = vegaEmbed;"


def main() -> None:
    if sys.argv[1:] == ["bundle"]:
        sys.stdout.write(vl_convert.javascript_bundle(snippet=_BUNDLE))
        return
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_drawn(line)) + "\n")
        sys.stdout.flush()


def _drawn(spec: str) -> dict[str, str]:
    """No address is allowed in a chart: all its data are in it."""
    try:
        return {"svg": vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])}
    except ValueError as fault:
        return {"fault": str(fault)}


if __name__ == "__main__":
    main()
