# Needs a Python with the packages of bench/offers/requirements.txt, and folders of
# orders: make bench-offers PYTHON=… DATA=…

PYTHON ?= python3
DATA ?= ../shared/data

.PHONY: bench-offers

bench-offers: ## shown products against implicit: hit rates on past days: writes docs/offers.md
	$(GO) build -o bin/offers ./bench/offers
	OPENBLAS_NUM_THREADS=1 $(PYTHON) -B bench/offers/offers.py --program bin/offers --data $(DATA) --report docs/offers.md
