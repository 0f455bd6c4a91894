#!/bin/sh
# picture.sh PAGE PICTURE: what a reader sees first of a page, as a PNG for the README. Needs Chromium.
set -eu
page=$(realpath "$1")
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
    --user-data-dir="$profile" --window-size=1280,1150 --screenshot="$2" "file://$page" >"$profile/log" 2>&1 ||
    { cat "$profile/log"; exit 1; }
