#!/bin/sh
# The floor plan, checked: a layer includes only itself and the layers under it; a feature includes layers, its own files and
# the features that its place in the list below allows; headers of the outside world stay in their rooms.
# TAP on standard output. Argument: the root of the sources.
set -u
cd "$1" || exit 1

LAYERS="base stats table privacy store net openid http view"
# A feature and the features it may use. The order has no circle: each uses only ones above it.
allowed_features() {
    case $1 in
    org) echo "" ;;
    mail) echo "org" ;;
    people) echo "org mail" ;;
    promise) echo "org people" ;;
    pulse) echo "org mail people promise" ;;
    insight) echo "org people promise pulse" ;;
    analyse) echo "" ;;
    job) echo "org mail people promise pulse insight" ;;
    cli) echo "org mail people promise pulse insight analyse job" ;;
    *) echo "UNKNOWN" ;;
    esac
}
allowed_layers() {
    case $1 in
    base) echo "base" ;;
    stats) echo "base stats" ;;
    table) echo "base table" ;;
    privacy) echo "base stats privacy" ;;
    store) echo "base stats privacy store" ;;
    net) echo "base" ;;
    openid) echo "base privacy net" ;;
    http) echo "base stats privacy store http" ;;
    view) echo "base view" ;;
    *) echo "$LAYERS" ;;
    esac
}

number=0
failed=0
report() { # result, name, details
    number=$((number + 1))
    if [ "$1" = ok ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        printf '%s\n' "$3" | sed 's/^/# /'
        failed=1
    fi
}

for folder in src/*/; do
    room=$(basename "$folder")
    good="$room $(allowed_layers "$room") $(allowed_features "$room")"
    wrong=$(grep -rn '^#include "' --include='*.[ch]' "$folder" | while IFS= read -r line; do
        header=$(printf '%s\n' "$line" | sed 's/.*#include "\([^"]*\)".*/\1/')
        case $header in
        */*) target=${header%%/*} ;;
        templates.h | messages.h) target=view ;;
        *) target=$room ;;
        esac
        case " $good " in
        *" $target "*) ;;
        *) printf '%s\n' "$line" ;;
        esac
    done)
    if [ -z "$wrong" ]; then report ok "$room includes only what stands under it"; else report bad "$room includes only what stands under it" "$wrong"; fi
done

# header, then the rooms that may include it
while read -r header rooms; do
    wrong=$(grep -rln "#include <$header" --include='*.[ch]' src | while IFS= read -r file; do
        room=$(printf '%s\n' "$file" | cut -d/ -f2)
        case " $rooms " in
        *" $room "*) ;;
        *) printf '%s\n' "$file" ;;
        esac
    done)
    if [ -z "$wrong" ]; then report ok "<$header> stays in: $rooms"; else report bad "<$header> stays in: $rooms" "$wrong"; fi
done <<TABLE
microhttpd http
sqlite3 store
libpq store
openssl privacy store
gsl stats
readstat table
curl net cli
jansson openid pulse cli
TABLE

wrong=$(grep -rnE '"[^"]*<(div|p|span|h[1-6]|a|ul|li|table|form)[ >]' --include='*_pages.c' --include='*_api.c' src)
if [ -z "$wrong" ]; then report ok "pages hold no HTML, only templates do"; else report bad "pages hold no HTML, only templates do" "$wrong"; fi

wrong=$(grep -rnE '(snprintf|region_format|buffer_format)\([^;]*"(SELECT|INSERT|UPDATE|DELETE) ' --include='*.c' src)
if [ -z "$wrong" ]; then report ok "SQL is never formatted"; else report bad "SQL is never formatted" "$wrong"; fi

for room in org mail people promise pulse insight analyse; do
    if [ -f "src/$room/README.md" ]; then report ok "$room has its README"; else report bad "$room has its README" "src/$room/README.md is missing"; fi
done

echo "1..$number"
exit $failed
