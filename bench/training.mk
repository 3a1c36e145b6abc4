# Needs a Python with numpy and lightgbm: make bench-training PYTHON=…
# make lightgbm builds LightGBM for this machine (a C++ compiler; some minutes);
# bench-training takes that one where it is there.

PYTHON ?= python3
TRAINING_ROWS ?= 1000000 5000000
TRAINING_ROUNDS ?= 3
TRAINING_DATA ?= $(or $(TMPDIR),/tmp)/winback-training
LIGHTGBM_VERSION ?= 4.7.0
LIGHTGBM_HERE := bin/lightgbm

.PHONY: bench-training lightgbm

bench-training: ## boosted trees against LightGBM: CPU, memory, AUC: writes docs/training.md
	$(GO) build -o bin/training ./bench/training
	OMP_WAIT_POLICY=PASSIVE OMP_NUM_THREADS=2 PYTHONPATH=$(LIGHTGBM_HERE) $(PYTHON) -B bench/training/rounds.py \
		--data $(TRAINING_DATA) --report docs/training.md --rounds $(TRAINING_ROUNDS) $(TRAINING_ROWS)

lightgbm: ## LightGBM from its source, for bench-training
	rm -rf $(LIGHTGBM_HERE)
	CFLAGS="-O3 -march=native" CXXFLAGS="-O3 -march=native" $(PYTHON) -m pip install --no-cache-dir --no-deps --no-binary lightgbm \
		--target $(LIGHTGBM_HERE) lightgbm==$(LIGHTGBM_VERSION)
	touch $(LIGHTGBM_HERE)/built-for-this-machine
