# Two commands do all the set-up themselves:
#   make demo   build, start, deploy two examples, print their addresses
#   make test   every test
# The rest is for those who work on slot.

export SLOT_HOME ?= $(CURDIR)/.demo

.PHONY: demo down build install test check generate site pictures bench chaos clean

demo: build
	@.ci/setup go git node curl
	@.ci/demo

# down stops the demo; its state stays in .demo until "make clean".
down:
	@test ! -x bin/slot || bin/slot down

build:
	@.ci/setup go
	CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/...

# install puts slot and slot-coder into ~/.local/bin, or into $(PREFIX)/bin, and
# the manual into share/man beside it.
PREFIX ?= $(HOME)/.local
install: build
	install -D -m 0755 bin/slot $(PREFIX)/bin/slot
	install -D -m 0755 bin/slot-coder $(PREFIX)/bin/slot-coder
	bin/slot man $(PREFIX)/share/man/man1
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; *) echo 'slot is in $(PREFIX)/bin, which is not in your PATH: export PATH="$(PREFIX)/bin:$$PATH"' ;; esac

test:
	@.ci/test

# check is what runs in seconds: before each commit.
check:
	@.ci/test check

# generate writes what is generated and committed.
generate:
	cd internal/genproto && go run . -write
	go test ./commands -run 'TestHelp|TestCompletions|TestScreen' -update

# site makes the documents into pages: a static app for a slot.
SITE ?= site
site:
	go run ./internal/site $(SITE)

# pictures draws the terminals of docs/images again, from real runs.
pictures: build
	env -u SLOT_HOME go run ./internal/picture -slot bin/slot docs/images/*.commands

bench: build
	bench/run

# chaos kills, starves and replaces slot under load, and says what was lost.
# CHAOS=-clock moves the machine's clock too, as root.
chaos: build
	go run ./bench/chaos -slot bin/slot -kills 100 $(CHAOS)

clean: down
	rm -rf bin .demo
