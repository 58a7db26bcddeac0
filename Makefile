# make run: the app. make test: everything checked. make help: the rest.
HOST ?= 127.0.0.1
PORT ?= 8501
VENV := .venv
QUICK := -m "not slow"
PY := $(VENV)/bin/python

# In this order: tiles_* begin with the components of pca_tiles.
TRAINED = lenet tiny_vgg pca_digits pca_tiles \
	digits_2 digits_8 digits_32 digits_sparse digits_contractive digits_not_contractive \
	digits_convolutional digits_denoising digits_variational_2 digits_variational_16 \
	tiles_64 tiles_128 tiles_256 tiles_denoising

.PHONY: help run test test-all bench shots weights have-data venv clean

help:
	@echo "make run                   start Torchlight on http://$(HOST):$(PORT)   (PORT=8502, HOST=0.0.0.0 for a class)"
	@echo "make test                  ruff and all quick tests, some in the browser (ARGS=\"-k images\" for some)"
	@echo "make test-all              also the slow tests: every step and control of every page, most of the browser's"
	@echo "make bench                 measure: a table, and bench.json"
	@echo "make shots                 pictures of every page, into shots/"
	@echo "make weights DATA=folder   train the networks we ship again, from the pictures in that folder"
	@echo "make venv                  only set up .venv (PYTHON=/path/to/python chooses the interpreter)"
	@echo "make clean                 remove .venv and everything generated"

run: $(VENV)/.run-ready
	@exec $(PY) -m tests.tools.server --host "$(HOST)" --port "$(PORT)" $(OPTIONS)

test: $(VENV)/.test-ready
	@$(PY) -m tests.tools.browser
	@$(PY) -m ruff check . && lint=0 || lint=$$?; $(PY) -m pytest -n auto --dist loadfile $(QUICK) $(ARGS) && exit $$lint

test-all:
	@$(MAKE) test QUICK=

bench: $(VENV)/.test-ready
	@$(PY) -m tests.tools.browser
	@$(PY) -m tests.bench $(ARGS)

shots: $(VENV)/.test-ready
	@$(PY) -m tests.tools.browser
	@$(PY) -m tests.tools.shots $(ARGS)

weights: have-data $(VENV)/.run-ready
	for name in $(TRAINED); do $(PY) -m core train $$name --data "$(DATA)" --out assets/weights || exit 1; done

have-data:
	@test -d "$(DATA)" || { echo "Name the folder that holds the pictures: make weights DATA=folder" >&2; exit 1; }

venv $(PY):
	@sh tests/tools/venv.sh "$(PYTHON)"

# Stamps: the second run installs nothing unless the requirements, or the interpreter, have changed.
$(VENV)/.run-ready: requirements.txt $(PY)
	@sh tests/tools/venv.sh "$(PYTHON)"
	@$(PY) -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test-ready: requirements-dev.txt $(VENV)/.run-ready
	@$(PY) -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) shots bench.json .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
