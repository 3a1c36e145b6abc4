# Needs a Python with numpy and lightgbm: make bench-training PYTHON=…

PYTHON ?= python3
TRAINING_ROWS ?= 1000000 5000000
TRAINING_DATA ?= $(or $(TMPDIR),/tmp)/winback-training

.PHONY: bench-training

bench-training: ## boosted trees against LightGBM: CPU seconds, memory, AUC
	$(GO) build -o bin/training ./bench/training
	@set -e; for rows in $(TRAINING_ROWS); do \
		bin/training make $$rows $(TRAINING_DATA); \
		bin/training fit $$rows $(TRAINING_DATA); \
		$(PYTHON) bench/training/rival.py $$rows $(TRAINING_DATA); \
	done
	rm -rf $(TRAINING_DATA)
