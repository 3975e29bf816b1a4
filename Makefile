# Each target is one command of acrime.bootstrap, which needs nothing but Python 3.11 or newer.
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) -m acrime.bootstrap

.PHONY: run test fuzz day lint bench requirements pictures

# Set up whatever is missing and serve the portal with synthetic data.
# Another place: make run ACRIME_PORT=8001
run:
	@$(BOOTSTRAP) run

# Set up what the tests need and run them. Some of them: make test ARGS="tests/rooms/iaq -x"
test:
	@$(BOOTSTRAP) test $(ARGS)

# 100,000 mutated messages are read and received; the suite runs a share of them.
# Another number: make fuzz COUNT=20000
fuzz:
	@FUZZED_MESSAGES=$(or $(COUNT),100000) $(BOOTSTRAP) test tests/rooms/iaq/test_fuzz.py -n 0 -q -s

# A day of the support center with processes killed and other ends failing; it must add up.
# A smaller one: make day QUERIES=500
day:
	@$(BOOTSTRAP) day $(if $(QUERIES),--queries=$(QUERIES)) $(ARGS)

lint:
	@$(BOOTSTRAP) lint

# Some figures at a smaller size: make bench FIGURES=search,visibility SCALE=20000
bench:
	@$(BOOTSTRAP) bench $(if $(FIGURES),--figures=$(FIGURES)) $(if $(SCALE),--scale=$(SCALE))

# Compile requirements/*.in to hashed lists. Newer versions: make requirements ARGS=--upgrade
requirements:
	@$(BOOTSTRAP) requirements $(ARGS)

# Take the README's pictures anew.
pictures:
	@$(BOOTSTRAP) test tests/pictures/take_pictures.py -o python_files=take_pictures.py -n 0 -q
