# midwatch - `make help` lists what can be done here.

VERSION ?= 0.1.0

PREFIX        ?= /usr/local
BINDIR        ?= $(PREFIX)/bin
MANDIR        ?= $(PREFIX)/share/man
DOCDIR        ?= $(PREFIX)/share/doc/midwatch
EXAMPLEDIR    ?= $(DOCDIR)/examples
BASHDIR       ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR        ?= $(PREFIX)/share/zsh/site-functions
SYSCONFDIR    ?= /etc
UNITDIR       ?= /usr/lib/systemd/system
SYSUSERSDIR   ?= /usr/lib/sysusers.d
TMPFILESDIR   ?= /usr/lib/tmpfiles.d
DESTDIR       ?=

CC      ?= cc
CFLAGS  ?= -O2 -g
V       ?= 0
T       ?=
SECONDS ?= 60

# --- flavours: SANITIZER=address,undefined, FUZZER=1, COVER=1 build beside the plain one ----
SANITIZER ?=
comma     := ,
unknown   := $(filter-out address undefined thread,$(subst $(comma), ,$(SANITIZER)))
ifneq ($(unknown),)
$(error SANITIZER: unknown '$(unknown)'; known: address undefined thread)
endif
FLAVOUR := $(if $(SANITIZER),san,$(if $(FUZZER),fuzz,$(if $(COVER),cover)))
BUILD   ?= build$(FLAVOUR:%=/%)
OBJ     := $(BUILD)/obj

SAN_san   := -fsanitize=$(SANITIZER) -fno-sanitize-recover=all -fno-omit-frame-pointer
SAN_fuzz  := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
SAN_cover := --coverage -O0
SAN       := $(SAN_$(FLAVOUR))

# --- libraries ------------------------------------------------------------------------------
PKGS       := libuv libcurl hiredis yaml-0.1 jansson libpcre2-8 libcares openssl
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm

# llhttp comes as C sources on Debian 12 (node-llhttp), as a library elsewhere (libllhttp-dev).
LLHTTP_SRC := $(wildcard /usr/share/llhttp/*.c)
PKG_CFLAGS += $(if $(LLHTTP_SRC),-I/usr/share/include/llhttp)
PKG_LIBS   += $(if $(LLHTTP_SRC),,-lllhttp)

# --- flags ----------------------------------------------------------------------------------
WARN := -Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
        -Wpointer-arith -Wvla -Wimplicit-fallthrough -Wundef -Wwrite-strings
HARD := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
        -fno-strict-aliasing -fno-delete-null-pointer-checks -ftrivial-auto-var-init=zero \
        -Wno-format-truncation
known = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))
# Text that is cut to fit is meant to be: no word about it from gcc.
HARDEN  := $(foreach f,$(HARD),$(call known,$(f)))
HARDEN  += -U_FORTIFY_SOURCE $(if $(SAN)$(filter -O0,$(CFLAGS)),,-D_FORTIFY_SOURCE=2)

COMPILE := $(CC) -std=c11 -D_GNU_SOURCE -DMW_VERSION='"$(VERSION)"' -Iinclude $(PKG_CFLAGS) \
           $(WARN) $(HARDEN) -fPIE $(CFLAGS) $(SAN)
LINK     = $(CC) -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(SAN) $(LDFLAGS)

# --- what is built --------------------------------------------------------------------------
LIB_SRC  := $(wildcard src/*/*.c)
LIB_OBJ  := $(LIB_SRC:%.c=$(OBJ)/%.o) $(LLHTTP_SRC:/usr/share/llhttp/%.c=$(OBJ)/llhttp/%.o)
LIB      := $(BUILD)/libmidwatch.a
BIN      := $(BUILD)/midwatch
UNIT_SRC := $(wildcard tests/unit/*/test_*.c tests/sim/test_*.c)
UNIT_BIN := $(UNIT_SRC:%.c=$(BUILD)/%)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN := $(FUZZ_SRC:%.c=$(BUILD)/%)
BENCH_SRC := $(wildcard tests/bench/bench_*.c)
BENCH_BIN := $(BENCH_SRC:%.c=$(BUILD)/%)
SYSTEM   := $(wildcard tests/system/test_*)

Q   := $(if $(filter 0,$(V)),@)
say  = $(if $(Q),@printf '  %-6s %s\n' $(1) $(patsubst $(OBJ)/%,%,$@))
sub := $(MAKE) --no-print-directory

ifeq ($(MAKELEVEL),0)
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif
endif
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all units run demo test quicktest check tenyears bench fuzz valgrind lint format cover documents dist \
        install uninstall clean help deps deps-test deps-lint deps-cover alltests corpora force

all: $(BIN) ## build the daemon: build/midwatch

$(BIN): $(OBJ)/src/main.o $(LIB)
	$(call say,LINK)
	$(Q)$(LINK) -o $@ $^ $(PKG_LIBS)

$(LIB): $(LIB_OBJ) $(OBJ)/members
	$(call say,AR)
	$(Q)rm -f $@ && ar rcsD $@ $(LIB_OBJ)

$(OBJ)/%.o: %.c $(OBJ)/command
	$(call say,CC)
	$(Q)mkdir -p $(@D) && $(COMPILE) $(if $(filter tests/%,$<),-Itests/unit -Isrc) -MMD -MP -c -o $@ $<

$(OBJ)/llhttp/%.o: /usr/share/llhttp/%.c $(OBJ)/command
	$(call say,CC)
	$(Q)mkdir -p $(@D) && $(COMPILE) -w -c -o $@ $<

# Rebuild when the compiler, the flags or the list of files changed.
$(OBJ)/command: TEXT = $(COMPILE)
$(OBJ)/members: TEXT = $(LIB_OBJ)
$(OBJ)/command $(OBJ)/members: force
	@tests/tools/libraries.sh $(PKGS)
	@mkdir -p $(@D); echo '$(subst ','\'',$(TEXT))' | cmp -s - $@ || echo '$(subst ','\'',$(TEXT))' >$@

$(BUILD)/tests/unit/% $(BUILD)/tests/sim/%: TEST_LIBS := -lcmocka
$(BUILD)/tests/%: $(OBJ)/tests/%.o $(LIB)
	$(call say,LINK)
	$(Q)mkdir -p $(@D) && $(LINK) -o $@ $^ $(PKG_LIBS) $(TEST_LIBS)
$(FUZZ_BIN): $(if $(FUZZER),,$(OBJ)/tests/fuzz/runner.o)
$(FUZZ_BIN): LDFLAGS += $(if $(FUZZER),-fsanitize=fuzzer)

# --- for people -----------------------------------------------------------------------------
run: deps ## install what is missing, build, start on conf/quickstart.yaml (URL=… HOOK=…)
	@+$(sub) all
	@tests/tools/start.sh $(BIN)

demo: deps ## an outage from the first failure to the last resolve, in 40 seconds
	@+$(sub) all
	@python3 tests/tools/demo.py $(BIN)

# --- tests ----------------------------------------------------------------------------------
test: deps-test ## everything: units, simulations, checks, corpora, the real binary with real servers
	@+$(sub) SANITIZER=address,undefined alltests
alltests: $(BIN) $(UNIT_BIN) $(FUZZ_BIN)
	@OBJ=$(OBJ) MIDWATCH=$(CURDIR)/$(BIN) tests/run.sh $(UNIT_BIN) $(FUZZ_BIN) tests/check/run $(SYSTEM)
quicktest: units $(LIB) ## units, simulations and checks; seconds
	@OBJ=$(OBJ) MIDWATCH=$(CURDIR)/$(BIN) tests/run.sh $(UNIT_BIN) tests/check/run
check: units ## the house rules: layers, sizes, banned calls, documents in step
	@OBJ=$(OBJ) MIDWATCH=$(CURDIR)/$(BIN) tests/run.sh -v tests/check/run
units: $(UNIT_BIN) ## build the unit and simulation tests
corpora: $(FUZZ_BIN) ## every fuzz driver over its corpus and all its truncations
	@tests/run.sh $(FUZZ_BIN)
fuzz: deps-lint ## look for crashes: T=name (default all), SECONDS=60 each
	@+$(sub) CC=clang FUZZER=1 $(if $(T),build/fuzz/tests/fuzz/fuzz_$(T),fuzzers)
	@tests/tools/fuzz.sh $(SECONDS) $(or $(T),$(FUZZ_SRC:tests/fuzz/fuzz_%.c=%))
fuzzers: $(FUZZ_BIN)
valgrind: units ## unit tests under valgrind (minutes)
	@WRAP="valgrind -q --error-exitcode=9 --leak-check=full" tests/run.sh $(UNIT_BIN)
tenyears: deps-test $(BIN) ## every minute of ten years of each sample schedule (about half an hour)
	@MINUTES=all MIDWATCH=$(CURDIR)/$(BIN) tests/run.sh -v tests/system/test_ten_years.py
bench: deps-test $(BENCH_BIN) $(BIN) ## measure against the budgets, as ratios
	@MIDWATCH=$(CURDIR)/$(BIN) tests/tools/bench.sh $(BENCH_BIN)
lint: deps-lint ## formatter, clang analyser, cppcheck, shellcheck, mandoc
	@tests/run.sh -v tests/tools/lint.sh
format: deps-lint ## bring the sources into shape (clang-format)
	@find src include tests -name '*.[ch]' -not -path 'tests/check/bad/*' | xargs clang-format -i
cover: deps-test deps-cover ## which lines and branches the tests reach, room by room
	@+$(sub) COVER=1 units all && tests/tools/cover.sh build/cover

# --- documents, packages, installation ------------------------------------------------------
documents: $(BIN) ## write anew what is generated from the tables
	@tests/tools/documents.sh $(BIN)
dist: ## a source archive, the same bytes every time: build/midwatch-VERSION.tar.gz
	@tests/tools/dist.sh $(VERSION)
install: $(BIN) ## put it in place (DESTDIR= PREFIX= SYSCONFDIR=); never touches your midwatch.yaml
	@install -d $(DESTDIR)$(SYSCONFDIR)/midwatch
	install -Dm755 $(BIN) $(DESTDIR)$(BINDIR)/midwatch
	@$(INSTALLED) while read -r mode from to; do echo "install -Dm$$mode $$from $$to"; \
	  install -Dm$$mode "$$from" "$$to" || exit 1; done
	@sed -i 's|/usr/local/bin/|$(BINDIR)/|; s|/etc/midwatch|$(SYSCONFDIR)/midwatch|' \
	  $(DESTDIR)$(UNITDIR)/midwatch.service
uninstall: ## remove what install put there; configuration and data stay
	rm -f $(DESTDIR)$(BINDIR)/midwatch
	@$(INSTALLED) while read -r mode from to; do echo "rm -f $$to"; rm -f "$$to"; done
	@rmdir $(DESTDIR)$(SYSCONFDIR)/midwatch $(DESTDIR)$(EXAMPLEDIR) $(DESTDIR)$(DOCDIR) 2>/dev/null || true

place = $(foreach f,$(wildcard $(1)),echo 644 $(f) $(DESTDIR)$(2)/$(notdir $(f));)
INSTALLED = { $(call place,docs/*.1,$(MANDIR)/man1) $(call place,docs/*.5,$(MANDIR)/man5) \
  $(call place,systemd/*.service,$(UNITDIR)) $(call place,systemd/sysusers.d/*,$(SYSUSERSDIR)) \
  $(call place,systemd/tmpfiles.d/*,$(TMPFILESDIR)) $(call place,conf/examples/*.yaml,$(EXAMPLEDIR)) \
  $(call place,conf/prometheus-rules.yaml conf/grafana-dashboard.json,$(EXAMPLEDIR)) \
  $(call place,docs/*.md,$(DOCDIR)) \
  echo 644 conf/completion/midwatch.bash $(DESTDIR)$(BASHDIR)/midwatch; \
  echo 644 conf/completion/_midwatch $(DESTDIR)$(ZSHDIR)/_midwatch; \
  echo 644 conf/midwatch.yaml $(DESTDIR)$(SYSCONFDIR)/midwatch/midwatch.yaml.example; } |

clean: ## remove what was built
	$(Q)rm -rf build

deps: ## install what building and running needs (apt, as root or with sudo)
	@tests/tools/deps.sh run
deps-test deps-lint deps-cover: deps-%:
	@tests/tools/deps.sh run $*

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

-include $(LIB_OBJ:.o=.d) $(OBJ)/src/main.d $(UNIT_SRC:%.c=$(OBJ)/%.d) $(FUZZ_SRC:%.c=$(OBJ)/%.d)
