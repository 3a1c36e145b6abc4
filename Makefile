# winback. A machine with Go and make is enough for all but the comparisons at
# the end; modules come through the Go module proxy.

GO ?= go
# VERSION names a release; without it the commit stands in winback --version.
VERSION ?=
LDFLAGS := $(if $(VERSION),-ldflags "-X winback/jobs.release=$(VERSION)")
WINBACK := bin/winback

.PHONY: help build demo test test-store spark-wheel test-spark lint linter bench fuzz notebooks readme clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "make %-16s %s\n", $$1, $$2 }'

build: ## the program, as bin/winback
	$(GO) build $(LDFLAGS) -o $(WINBACK) ./cmd/winback

demo: build ## a synthetic shop, the whole batch, the report: in demo/
	./$(WINBACK) demo --out demo --margin 0.4 --contact-cost 0.50 --target-returns 60%

test: ## all tests; those on real data run where ../shared/data is
	$(GO) test ./...

test-serve: ## 20,000 hostile requests, and 50 downloads at once of a list of 500,000
	$(GO) test ./jobs/serve -count=1 -timeout 60m -v -run 'Hostile|Downloads' -args -requests 10000 -listed 500000

test-outside: ## the tests that need Chromium or LightGBM (PYTHON=…), which make test passes over where these are not there
	WINBACK_BROWSER=required $(GO) test ./pipeline/brief ./pipeline/report ./jobs/serve -count=1 -run Browser
	WINBACK_PYTHON=$(or $(PYTHON),python3) $(GO) test ./models -count=1 -run IsReadByLightGBM

# The two targets below want Python, and the second one PySpark, pyarrow and Java.
SPARK_PYTHON ?= python3
WHEEL_PLATFORM ?= manylinux2014_x86_64
WHEEL_GOARCH ?= amd64

spark-wheel: ## the Python package for Spark, with the program for WHEEL_GOARCH in it: in bin/
	rm -rf bin/spark && mkdir -p bin/spark && cp -r jobs/spark/. bin/spark
	CGO_ENABLED=0 GOOS=linux GOARCH=$(WHEEL_GOARCH) $(GO) build $(LDFLAGS) -o bin/spark/winback_spark/bin/winback ./cmd/winback
	cd bin/spark && WHEEL_PLATFORM=$(WHEEL_PLATFORM) WHEEL_VERSION=$(or $(VERSION),0.0.0) $(SPARK_PYTHON) -m pip --disable-pip-version-check wheel -q --no-deps --no-build-isolation -w .. .
	rm -rf bin/spark

test-spark: build ## the batch on Spark, in one process and on a master with two workers, against winback run (SPARK_PYTHON=…)
	cd jobs/spark && SPARK_WINBACK_BINARY=$(abspath $(WINBACK)) PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 $(SPARK_PYTHON) test_spark.py

test-store: ## the tests of object stores against versitygw, a server that is fetched, built and started; every point of a crash
	cd internal/objectstore/servertest && $(GO) build -o ../../../bin/servertest .
	bin/servertest $(GO) test ./internal/objectstore -count=1
	bin/servertest $(GO) test ./pipeline/run -count=1 -run TestStore -args -store-every 1
	bin/servertest $(GO) test ./jobs -count=1 -run TestObjectStore

# Never needed by any other target; fetched through the module proxy.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.1

lint: ## gofmt, go vet and staticcheck
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

linter: # whether staticcheck can be fetched and built
	@$(GO) run $(STATICCHECK) -version

bench: ## all Go benchmarks, with allocations
	$(GO) test -run '^$$' -bench . -benchmem ./...

FUZZTIME ?= 10s

# Without a bound on making inputs smaller, large ones take all of the time.
fuzz: ## each fuzz target for FUZZTIME (10s)
	@set -e; for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package; \
		done; \
	done

# The notebooks read a run of 60 days before the demo's, and what became of its
# customers since; a campaign; and scores that they make themselves.
notebooks: demo ## runs the notebooks on the demo shop and keeps what they show (PYTHON=…, with Jupyter and the Go kernel gonb)
	rm -rf demo/earlier demo/own demo/golearn
	@set -e; day=$$(sed -n 's/.*"test_cut": "\(.*\)".*/\1/p' demo/current/evaluation.json); \
	./$(WINBACK) run demo/orders --as-of $$day --out demo/earlier; \
	./$(WINBACK) features demo/orders --as-of $$day -o demo/earlier/outcome.parquet
	./$(WINBACK) demo --campaign --out demo
	@set -e; for notebook in notebooks/*/*.ipynb; do \
		$(or $(PYTHON),python3) -m jupyter nbconvert --to notebook --inplace --execute \
			--ExecutePreprocessor.record_timing=False --ExecutePreprocessor.timeout=-1 $$notebook; \
	done
	$(or $(PYTHON),python3) -m jupyter nbconvert --to notebook --inplace --coalesce-streams notebooks/*/*.ipynb

readme: demo ## runs the commands shown in README.md and writes down what they print
	rm -rf demo/out
	$(GO) run ./internal/house/readme README.md

clean: ## removes what these targets made, but for the notebooks' results
	rm -rf bin demo out

# Comparisons with other programs, one file each. They need more than Go; each
# says what.
-include bench/*.mk
