# Sparekey: `make run` tries it, `make test` proves it. Each installs what it needs.

GO      := scripts/go
BUILD   := build
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
SOURCES := $(shell find . -name '*.go' -not -path './build/*') go.mod go.sum $(shell find assets backend -type f -not -name '*.go')

.PHONY: run tour test bench soak fuzz timing pictures deb deb-check first-day-check logon-check kiosk-unit-check clean deps deps-test deps-deb lab bench-server

# The trial; where there is no display, its main job on a virtual one.
run: deps $(BUILD)/sparekey
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  exec $(BUILD)/sparekey try; \
	else \
	  echo "There is no display here: Sparekey shows registering and a reset on a virtual one."; \
	  scripts/tour $(BUILD)/sparekey --stories registration,reset --out $(BUILD)/tour && \
	  echo "Pictures of each page are in $(BUILD)/tour; \`make tour\` takes them of all that Sparekey does."; \
	fi

# A whole organisation on this computer, in namespaces of its own, and the window that is connected to it (docs/lab.md).
lab: deps $(BUILD)/sparekey
	@scripts/lab $(BUILD)/sparekey

# All that it does, in a window of its own, with pictures of each page.
tour: deps-test $(BUILD)/sparekey
	scripts/tour $(BUILD)/sparekey --out $(BUILD)/tour

# Everything that can run on one machine, the real parts included.
test: deps-test
	@scripts/test

# Figures, not verdicts: docs/figures.md says what they mean.
bench: deps-test $(BUILD)/sparekey
	@scripts/bench

# The server's figures: a processor for it, another for its clients, and nothing else at work.
bench-server: deps-test
	@scripts/bench-server

# Long campaigns, of which `make test` runs a short slice.
soak: deps-test
	SPAREKEY_KILLS=2000 SPAREKEY_SERVER_KILLS=500 $(GO) test -count=1 -timeout=4h -run TestKilled -v ./command/setup
	SPAREKEY_MAILS=10000 $(GO) test -count=1 -timeout=1h -run TestNothingIsLostByAServerThatIsKilled -v ./backend
	SPAREKEY_WALKS=3000 $(GO) test -count=1 -timeout=2h -run TestWalks ./backend
	SPAREKEY_LEAKS=10000 SPAREKEY_MEMBERS=8000 $(GO) test -count=1 -timeout=1h -run 'TestOpenLDAP$$/nothing_leaks|TestActiveDirectory/a_large_group' -v ./backend/directory/ldap
	SPAREKEY_CYCLES=1000 $(GO) test -count=1 -timeout=2h -run 'TestCycles|TestEveryFault' -v ./methods/securitykey/usb
	SPAREKEY_KIOSK_SOAK=20m SPAREKEY_KIOSK_SESSIONS=10000 $(GO) test -count=1 -timeout=4h -run 'TestNothingLeadsOut|TestManyPeople' -v ./command/desktop
	ROUNDS=1 RESETS=1000 XSERVER=-noreset scripts/window scripts/bench-window

fuzz: deps-test
	@scripts/fuzz $${FUZZTIME:-10m}

# Figures of each part; then whether answers, or the time that they take, tell strangers anything (docs/figures.md).
timing: deps-test
	SPAREKEY_STARTS=10000 SPAREKEY_TIMING=1700 $(GO) test -count=1 -timeout=1h -run 'TestAnswersToAStranger|TestTimeTellsNothing' -v ./backend/api
	$(GO) test -run '^$$' -bench . -benchtime 2s -count 5 ./backend/... ./methods/... ./app/...

# The pictures that README shows.
pictures: tour
	scripts/pictures $(BUILD)/tour docs/pictures

# Debian's packages of the desktop and of the server: docs/packages.md.
deb: deps-deb
	scripts/deb

# Installs, upgrades, removes and purges them in a Debian of its own; needs root, and downloads a base system.
deb-check: deps-deb
	scripts/deb-check

# Follows docs/first-day.md word for word in such a Debian.
first-day-check: deps-deb
	scripts/first-day-check

# Forgets a password at a real LightDM, in such a Debian, and logs on with the new one.
logon-check: deps-deb
	scripts/logon-check

# Sets a kiosk up in such a Debian, as docs/kiosk.md says, and does what people and staff do at it.
kiosk-unit-check: deps-deb
	scripts/kiosk-unit-check

deps:
	@scripts/deps build

deps-test:
	@scripts/deps test

deps-deb:
	@scripts/deps deb

$(BUILD)/sparekey: $(SOURCES) | deps
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ .

clean:
	rm -rf $(BUILD)
