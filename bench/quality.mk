# Needs a Python with the packages of bench/quality/requirements.txt, and folders
# of orders: make bench-quality PYTHON=… DATA=…

PYTHON ?= python3
DATA ?= ../shared/data
QUALITY_SHOPS ?= retail_orders online_retail_ii donors
QUALITY_CUTS ?= 4
QUALITY_SCRATCH ?= $(or $(TMPDIR),/tmp)/winback-quality

.PHONY: bench-quality

bench-quality: build ## ranking and probabilities against other libraries: writes docs/quality.md; what rivals said is kept in QUALITY_SCRATCH
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(PYTHON) -B bench/quality/quality.py --winback $(WINBACK) --scratch $(QUALITY_SCRATCH) \
		--report docs/quality.md --cuts $(QUALITY_CUTS) $(addprefix $(DATA)/,$(QUALITY_SHOPS))
