# What is deployed: `template.yaml` and its layer. Included by the Makefile; SAM calls `build-TandemLayer` itself.

# The layer is built for Lambda's Python and machine, whatever runs here; `LAYER_PLATFORM=here` builds it for this one.
LAYER_PYTHON ?= 3.13
LAYER_PLATFORM ?= manylinux2014_aarch64
LAYER_FOR = $(if $(filter here,$(LAYER_PLATFORM)),,--python-version $(LAYER_PYTHON) --platform $(LAYER_PLATFORM) --only-binary=:all:)
LAYER_LOCALES = root en fr es pt de sw hi ar zh ja
SAM_VENV := build/sam-venv
SAM := $(SAM_VENV)/bin/sam
export SAM_CLI_TELEMETRY := 0

.PHONY: build-TandemLayer
build-TandemLayer: setup
	@test -n "$(ARTIFACTS_DIR)" || { echo "sam build calls this, with ARTIFACTS_DIR"; exit 2; }
	$(PY) -m pip install -q --no-compile --no-deps --require-hashes $(LAYER_FOR) --target "$(ARTIFACTS_DIR)/python" -r requirements/run.txt
	$(PY) tools/layer.py "$(ARTIFACTS_DIR)/python" --python $(LAYER_PYTHON) --locales $(LAYER_LOCALES)

$(SAM): requirements/sam.txt | $(PY)
	@echo "Installing SAM into an environment of its own (requirements/sam.txt)"
	@$(PY) -m venv $(SAM_VENV)
	@$(SAM_VENV)/bin/python -m pip install -q --no-deps --require-hashes -r requirements/sam.txt
	@touch $@

.PHONY: build
build: setup $(SAM) ## build what is deployed, for arm64, with sam
	@$(SAM) validate --lint --region eu-west-1
	@$(SAM) build --build-in-source

.PHONY: template
template: setup-test $(SAM) ## validate and build the template, bring it up on the embedded AWS, sign, and see invitations
	@$(VENV)/bin/cfn-lint template.yaml
	@$(MAKE) -s build
	@$(PY) tests/deploy/run.py
