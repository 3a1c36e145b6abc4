# Needs a Python with duckdb, lightgbm and pyarrow: make bench-night PYTHON=…

PYTHON ?= python3
SIZE ?= small
NIGHT_SCRATCH ?= $(or $(TMPDIR),/tmp)/winback-night

.PHONY: bench-night

bench-night: build ## second night, full night and a peer night side by side (SIZE=small|medium|large): writes docs/night.md
	$(PYTHON) -B bench/night/night.py --winback $(WINBACK) --scratch $(NIGHT_SCRATCH) --size $(SIZE) --report docs/night.md
	rm -rf $(NIGHT_SCRATCH)
