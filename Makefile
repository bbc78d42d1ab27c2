# midwatch - see `make help`.

NAME    := midwatch
VERSION ?= 0.1.0

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man
UNITDIR    ?= /usr/lib/systemd/system
SYSUSERSDIR ?= /usr/lib/sysusers.d
TMPFILESDIR ?= /usr/lib/tmpfiles.d
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
DESTDIR    ?=

CC      ?= cc
CFLAGS  ?= -O2 -g
V       ?= 0

# --- flavour: make SANITIZER=address,undefined builds beside the plain one -------------
SANITIZER ?=
comma := ,
empty :=
space := $(empty) $(empty)
unknown := $(filter-out address undefined thread,$(subst $(comma),$(space),$(SANITIZER)))
ifneq ($(unknown),)
$(error SANITIZER: unknown '$(unknown)'; known: address undefined thread)
endif
BUILD ?= build$(if $(SANITIZER),/san)
OBJ   := $(BUILD)/obj

# --- libraries -------------------------------------------------------------------------
PKGS := libuv libcurl hiredis yaml-0.1 jansson libpcre2-8 libcares openssl
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

# llhttp comes as C sources on Debian 12 (node-llhttp), as a library elsewhere (libllhttp-dev).
ifneq ($(wildcard /usr/share/llhttp/llhttp.c),)
LLHTTP_SRC    := $(wildcard /usr/share/llhttp/*.c)
LLHTTP_CFLAGS := -I/usr/share/include/llhttp
else
LLHTTP_LIBS   := -lllhttp
endif

# --- flags -----------------------------------------------------------------------------
WARN := -Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
        -Wpointer-arith -Wvla -Wimplicit-fallthrough -Wundef -Wwrite-strings -Wno-format-truncation
HARD := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
        -fno-strict-aliasing -fno-delete-null-pointer-checks -ftrivial-auto-var-init=zero
try = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))
HARD_OK := $(foreach f,$(HARD),$(call try,$(f)))
ifeq ($(SANITIZER),)
HARD_OK += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(if $(filter -O0,$(CFLAGS)),0,2)
else
SAN := -fsanitize=$(SANITIZER) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif

MW_CFLAGS  = -std=c11 -D_GNU_SOURCE -DMW_VERSION='"$(VERSION)"' -Iinclude $(PKG_CFLAGS) \
             $(WARN) $(HARD_OK) -fPIE $(SAN) $(CFLAGS)
MW_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(SAN) $(LDFLAGS)
MW_LIBS    = $(PKG_LIBS) $(LLHTTP_LIBS) -lm

ifeq ($(V),0)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)'
else
say = @:
endif

# --- what is built ---------------------------------------------------------------------
SRC      := $(filter-out src/main.c,$(wildcard src/*/*.c))
LIB_OBJ  := $(SRC:src/%.c=$(OBJ)/src/%.o) $(LLHTTP_SRC:/usr/share/llhttp/%.c=$(OBJ)/llhttp/%.o)
LIB      := $(BUILD)/libmidwatch.a
BIN      := $(BUILD)/midwatch
UNIT_SRC := $(wildcard tests/unit/*/*.c) $(wildcard tests/sim/*.c)
UNIT_BIN := $(UNIT_SRC:tests/%.c=$(BUILD)/tests/%)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BIN) ## build the daemon: build/midwatch

$(BIN): $(OBJ)/src/main.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(MW_LDFLAGS) -o $@ $^ $(MW_LIBS)

$(LIB): $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^

$(OBJ)/src/%.o: src/%.c | libs
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(MW_CFLAGS) $(LLHTTP_CFLAGS) -MMD -MP -c -o $@ $<

$(OBJ)/llhttp/%.o: /usr/share/llhttp/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -fPIE $(SAN) $(LLHTTP_CFLAGS) -c -o $@ $<

$(BUILD)/tests/%: tests/%.c $(LIB) $(wildcard tests/unit/*.h)
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(MW_CFLAGS) -Itests/unit -MMD -MP -MF $@.d -o $@ $< $(MW_LDFLAGS) $(LIB) $(MW_LIBS) -lcmocka

.PHONY: libs
libs:
	@pkg-config --exists $(PKGS) || { \
	  echo "missing: $$(for p in $(PKGS); do pkg-config --exists $$p || printf '%s ' $$p; done)" >&2; \
	  echo "run: make deps" >&2; exit 1; }

units: $(UNIT_BIN) ## build the unit and simulation tests
quicktest: units ## unit and simulation tests
	@tests/run.sh $(UNIT_BIN)

clean: ## remove what was built
	$(Q)rm -rf build

help: ## this list
	@sed -n 's/^\([a-z][a-z ]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

-include $(LIB_OBJ:.o=.d) $(OBJ)/src/main.d $(UNIT_BIN:=.d)
