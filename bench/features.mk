# Needs a Python with duckdb: make bench-features PYTHON=…
# RIVAL_LIMITS are the limits of memory that DuckDB is tried with at SIZE=large,
# one after the other (4GB 8GB 12GB); empty: it is left out there.

SIZE ?= small
FEATURES_DATA ?= $(or $(TMPDIR),/tmp)/winback-features
FEATURES_REPORT = $(if $(filter large,$(SIZE)),docs/benchmarks-large.md,docs/benchmarks.md)

.PHONY: bench-features

bench-features: build ## order files to features beside DuckDB: CPU, wall, memory (SIZE=large: 10 M customers)
	$(GO) build -o bin/features ./bench/features
	$(PYTHON) bench/features/bench.py $(SIZE) $(FEATURES_DATA) $(FEATURES_REPORT)
