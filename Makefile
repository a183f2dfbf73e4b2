# A short front door; Meson builds.
#   make          install missing Debian packages, build the release program build/hecht
#   make demo     build and run the example organisation on http://127.0.0.1:8080
#   make check    everything that is tested; last line: N passed, N failed
#   make mutants  breaks the code of answers on purpose, and sees whether the tests notice
#   make bench    the benchmarks
.PHONY: all demo check mutants bench clean packages

all: packages
	@test -x build/src/hecht || echo "building, half a minute on two cores"
	@test -f build/build.ninja || meson setup build --buildtype=release -Dtests=false >/dev/null
	@ninja -C build --quiet src/hecht
	@ln -sf src/hecht build/hecht
	@echo "build/hecht is ready: build/hecht demo, or build/hecht serve"

packages:
	@packaging/install_packages.sh build

demo: all
	@build/hecht demo $(DEMO_OPTIONS)

check:
	@packaging/install_packages.sh test
	@tests/check.sh

mutants:
	@packaging/install_packages.sh test
	@test -f build-check/mutants/build.ninja || meson setup build-check/mutants -Db_sanitize=address,undefined -Db_lundef=false --buildtype=debugoptimized >/dev/null
	@ninja -C build-check/mutants --quiet
	@tests/browser/install.sh
	@HECHT_BLIND_TOOL=$(CURDIR)/build-check/mutants/tests/privacy/blind_tool tests/mutants.sh build-check/mutants

bench: all
	@packaging/install_packages.sh test
	@bench/run.sh

clean:
	rm -rf build build-*
