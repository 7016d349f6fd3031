# Each target works alone on a fresh Debian 12 or 13 with a Rust toolchain, Python and root or sudo: what else it needs is installed.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test matrix cases bench versions bench-nginx bench-hooks soak install lint generated packages programs servers distros programs-tried advice harm

# rustup puts cargo there, and not every shell has heard of it.
export PATH := $(PATH):$(HOME)/.cargo/bin

CARGO ?= cargo
# Where cargo builds, which may be elsewhere.
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))

help:
	@echo 'make demo       real handshakes, made to fail for cause after cause and judged from both ends'
	@echo 'make test       every test'
	@echo 'make matrix     every fault, of the laboratory and with other programs: what each side names against what is true'
	@echo 'make cases      testdata/cases: records what is missing, and works out again what is expected'
	@echo 'make bench      what recording, decoding and diagnosing cost; writes target/bench.json'
	@echo 'make install    builds and installs to PREFIX (/usr/local): command, C library, header, preload object, modules'
	@echo 'make bench-nginx  what recording costs the workers of an unmodified nginx'
	@echo 'make bench-hooks  the same in instructions and cache misses of our own code, which a busy machine does not change; needs Valgrind'
	@echo 'make soak         a hundred thousand handshakes of an unmodified nginx: none is lost, and no worker grows'
	@echo 'make versions   the hooks in OpenSSL 1.1.1, 3.0, 3.5, 3.6 and 4.0, which it builds from source: some ten minutes'
	@echo 'make distros    the same binary on Debian 12, 13 and testing: the matrix and real use, in chroots; needs root, makes them once'
	@echo 'make programs-tried  the programs of Debian 12 under tlsdiag run, in a chroot; writes docs/programs.md; needs root'
	@echo 'make advice     each line of advice in its program: applied, and seen to work; in a chroot; writes docs/advice.md; needs root'
	@echo 'make harm       test suites of others (CPython, Perl, Ruby, OpenSSL), bare and recorded: half an hour at most; HARM=cpython: one of them'
	@echo 'make lint       clippy, rustfmt and rustdoc, with warnings denied'
	@echo 'make generated  the generated files: names, schema, header and docs/causes.md'

demo: packages
	$(CARGO) run --quiet --package tlsdiag-cli -- demo

test: packages programs servers
	$(CARGO) test --workspace --no-fail-fast
	$(CARGO) build --package tlsdiag-core --no-default-features
	.ci/python test

matrix: packages programs
	@.ci/matrix

cases: packages
	$(CARGO) run --quiet --package xtask -- cases --record
	$(CARGO) run --quiet --package xtask -- cases

bench: packages
	$(CARGO) build --release --package tlsdiag-benches
	# What goes into other people's servers is measured as it goes there.
	$(CARGO) run --quiet --profile shipped --package tlsdiag-benches --bin overhead
	$(CARGO) run --quiet --release --package tlsdiag-benches --bin decode
	$(CARGO) run --quiet --release --package tlsdiag-benches --bin diagnose
	$(CARGO) run --quiet --release --package tlsdiag-benches --bin console
	.ci/python bench

PREFIX ?= /usr/local

install: packages
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' CARGO='$(CARGO)' packaging/install

bench-nginx: packages servers
	$(CARGO) build --profile shipped --package tlsdiag-preload
	$(CARGO) build --release --package tlsdiag-cli --package tlsdiag-benches
	TLSDIAG_PRELOAD=$(TARGET)/shipped/libtlsdiag_preload.so \
		$(CARGO) run --quiet --release --package tlsdiag-benches --bin nginx

bench-hooks: packages servers
	$(CARGO) build --profile shipped --package tlsdiag-preload
	TLSDIAG_PRELOAD=$(TARGET)/shipped/libtlsdiag_preload.so \
		$(CARGO) run --quiet --release --package tlsdiag-benches --bin hooks

soak: packages servers
	$(CARGO) test --release --package tlsdiag-cli --test run -- --ignored --nocapture a_hundred_thousand

# Each OpenSSL is built once, and kept under target/openssl.
versions: export CARGO_TARGET_DIR := $(TARGET)
versions: export OPENSSL_OBJECTS = $(CARGO_TARGET_DIR)/openssl
versions:
	@.ci/packages versions
	@for version in versions/v*/; do \
		$(CARGO) run --quiet --locked --manifest-path $$version/Cargo.toml -- "$$OPENSSL_OBJECTS"; \
	done
	cd versions && $(CARGO) test --locked

distros: packages
	@CARGO='$(CARGO)' .ci/distros

programs-tried: packages
	@CARGO='$(CARGO)' .ci/programs-tried

advice: packages
	@CARGO='$(CARGO)' .ci/advice

# HARM names suites or groups of them, all by default; HARM_MINUTES is when it ends at the latest, once it has built.
HARM ?=
HARM_MINUTES ?= 30

harm: packages
	$(CARGO) build --profile shipped --package tlsdiag-preload --package tlsdiag-cli
	@.ci/harm --minutes $(HARM_MINUTES) $(HARM)

lint: packages
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) fmt --all --check
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --workspace --no-deps

generated: packages
	$(CARGO) run --quiet --package xtask --no-default-features -- names
	$(CARGO) run --quiet --package xtask -- schema
	$(CARGO) run --quiet --package xtask -- header
	$(CARGO) run --quiet --package xtask -- causes
	$(CARGO) run --quiet --package xtask -- python

packages:
	@.ci/packages

programs:
	@.ci/programs

servers: packages
	@.ci/servers
