# Aval. `make` prints this help.
SHELL := /bin/bash
.DEFAULT_GOAL := help
M := github.com/aval-access/aval
MODULES := proto services gateway deploy
PACKAGES := $(MODULES:%=$(M)/%/...)
export GOFLAGS := -trimpath $(GOFLAGS)

.PHONY: help run build console test test-faults test-processes test-browser chaos mutants demo bench fuzz check reproducible generate tools format clean

help: ## This help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

run: console-if-node build bin/grpcurl ## Run everything with demo data until Ctrl-C (AVAL_DATA, AVAL_PORT_BASE, AVAL_DATABASE_URL, AVAL_NATS_URL, AVAL_SMTP_URL)
	@exec bin/aval run

build: ## Build bin/aval, and bin/avalctl beside it
	@mkdir -p bin
	@echo "building bin/aval (minutes the first time, seconds later)"
	@go build -o bin/ ./deploy/aval ./gateway/cmd/avalctl

console: ## Build the web console into the gateway (Node 20 or newer)
	@deploy/tools/console.sh --must

.PHONY: console-if-node
console-if-node:
	@deploy/tools/console.sh

test: console-if-node ## Every test, race detector on but for the browser's (run where Node and Chromium can be had)
	@deploy/tools/browser.sh
	go test -race -shuffle=on -timeout 20m $$(go list $(PACKAGES) | grep -vE '^$(M)/deploy/(browser|faults|replicas)$$')
	@$(MAKE) --no-print-directory test-faults test-processes test-browser

test-faults: ## Processes killed, stopped and cut off at exact places, with the machine for themselves (part of make test)
	go test -race -shuffle=on -p 1 -timeout 20m $(M)/deploy/faults $(M)/deploy/replicas

test-processes: ## The end-to-end cases once more, every service a process of its own (part of make test)
	AVAL_E2E_PROCESSES=1 go test -count=1 -shuffle=on -timeout 20m $(M)/deploy/e2e

test-browser: ## The stories on the pages and in the console, in Chromium (part of make test)
	go test -count=1 -shuffle=on -timeout 20m $(M)/deploy/browser

chaos: console-if-node ## Journeys while everything is killed (CHAOS_MINUTES, default 10; CHAOS_SEED replays), then races, links, stories and timings at their long size (CHAOS="T-07 T-10" chooses)
	@deploy/tools/long.sh $(CHAOS)

mutants: ## Each defence taken away, and its test seen red 5 times of 5 (MUTANTS="m6 m9" chooses)
	@go run ./deploy/mutants $(MUTANTS)

demo: build ## The main journey against a private instance, step by step
	@bin/aval demo

bench: ## The figures, one BENCH line each, beside the earlier ones
	@go run ./deploy/bench

fuzz: ## Every fuzz target for FUZZTIME each (default 20s)
	@deploy/tools/fuzz.sh $(or $(FUZZTIME),20s)

check: bin/staticcheck tools ## Formatting, vet, lint, generated code, protos, modules, licences, secrets, vulnerabilities, architecture
	@deploy/tools/check.sh

reproducible: ## Every program built twice, here and elsewhere with an empty cache, and compared (minutes)
	@deploy/tools/reproducible.sh

generate: tools ## Make the Go of the protos
	@deploy/tools/generate.sh

TOOLS := protoc-gen-go protoc-gen-go-grpc protoc-gen-grpc-gateway
tools: $(TOOLS:%=bin/%) ## Build the pinned generators into bin/

bin/protoc-gen-go: PACKAGE := google.golang.org/protobuf/cmd/protoc-gen-go
bin/protoc-gen-go-grpc: PACKAGE := google.golang.org/grpc/cmd/protoc-gen-go-grpc
bin/protoc-gen-grpc-gateway: PACKAGE := github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-grpc-gateway
bin/grpcurl: PACKAGE := github.com/fullstorydev/grpcurl/cmd/grpcurl
bin/staticcheck: PACKAGE := honnef.co/go/tools/cmd/staticcheck
bin/govulncheck: PACKAGE := golang.org/x/vuln/cmd/govulncheck
$(TOOLS:%=bin/%) bin/grpcurl bin/staticcheck bin/govulncheck: deploy/tools/go.mod
	@mkdir -p bin
	@echo "building $@"
	@GOWORK=off go -C deploy/tools build -o $(CURDIR)/$@ $(PACKAGE)

format: ## Format Go and protos
	@deploy/tools/buf.sh
	@gofmt -w $(MODULES)
	@bin/buf format -w proto/aval

clean: ## Remove bin/ (data of make run stays)
	@rm -rf bin
