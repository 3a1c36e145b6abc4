#!/usr/bin/env bash
# Tools: nbconvert 7.17.2, nbclient 0.11.0, ipykernel 7.4.0.
# Guess: each notebook is run on the kernel that its metadata name, also where one
#   call is given several.
# Behaviour: all are run on the kernel of the first one, with exit code 0, and the files
#   written keep the name of their own kernel. Turned round, the other kernel runs both.
#   A call for each notebook runs each on its own.
# Hurts: a nightly report by notebooks of two kernels (another virtual environment, Go
#   beside Python) comes from the wrong one, and nothing in the file says so.
# Output seen:
#   one call:    first says shop, second says shop (its file: marketing)
#   turned:      first says marketing, second says marketing
#   two calls:   first says shop, second says marketing
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q nbconvert==7.17.2 nbclient==0.11.0 ipykernel==7.4.0
export JUPYTER_DATA_DIR=$tmp/data JUPYTER_CONFIG_DIR=$tmp/config JUPYTER_RUNTIME_DIR=$tmp/run IPYTHONDIR=$tmp/ipython
for kernel in shop marketing; do
	"$tmp/venv/bin/python" -m ipykernel install --prefix "$tmp/venv" --name "$kernel" --env TEAM "$kernel" >"$tmp/log" 2>&1
done
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import json

for name, kernel in ("first", "shop"), ("second", "marketing"):
    cell = dict(cell_type="code", id="a", metadata={}, outputs=[], execution_count=None, source="import os\nprint(os.environ['TEAM'])")
    spec = dict(name=kernel, display_name=kernel, language="python")
    json.dump(dict(nbformat=4, nbformat_minor=5, metadata=dict(kernelspec=spec), cells=[cell]), open(name + ".ipynb", "w"))
PY
said() { "$tmp/venv/bin/python" -c '
import json, sys
b = json.load(open(sys.argv[1]))
print("".join(b["cells"][0]["outputs"][0]["text"]).strip(), b["metadata"]["kernelspec"]["name"])' "$1"; }
run() { PATH=$tmp/venv/bin:$PATH "$tmp/venv/bin/jupyter" nbconvert --to notebook --execute --output-dir out "$@" 2>"$tmp/log"; }
run first.ipynb second.ipynb
one="$(said out/first.ipynb) | $(said out/second.ipynb)"
run second.ipynb first.ipynb
turned="$(said out/first.ipynb) | $(said out/second.ipynb)"
run first.ipynb; run second.ipynb
two="$(said out/first.ipynb) | $(said out/second.ipynb)"
printf 'said and named\none call:  %s\nturned:    %s\ntwo calls: %s\n' "$one" "$turned" "$two"
[ "$one" = "shop shop | shop marketing" ] && [ "$turned" = "marketing shop | marketing marketing" ] && [ "$two" = "shop shop | marketing marketing" ]
