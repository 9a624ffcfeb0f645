# Aval: `make` prints this help.
SHELL := /bin/bash
.DEFAULT_GOAL := help
