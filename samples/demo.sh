#!/bin/sh
# The whole way once: workbook, agreements, signatures, verdict; then a forgery that must be caught.
# Usage: sh samples/demo.sh [DIR]        everything is made in DIR (build/demo), which is emptied first
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-build/demo}
pkdocs=$here/.venv/bin/pkdocs
python=$here/.venv/bin/python
people=${PEOPLE:-72}

say() { printf '\n== %s\n' "$1"; }
fail() { printf 'demo: %s\n' "$1" >&2; exit 1; }

rm -rf "$out"
mkdir -p "$out"
started=$(date +%s)

say "1. Buku kerja contoh / a sample workbook"
"$pkdocs" sample "$out/kota-wanasari.xlsx" --people "$people"
"$pkdocs" check "$out/kota-wanasari.xlsx"

say "2. PKI uji dan kunci orang / training PKI and the key that hides NIPs"
(umask 077 && head -c 32 /dev/urandom > "$out/person.key")
"$pkdocs" pki init "$out/pki"
"$pkdocs" pki issue "$out/pki" --workbook "$out/kota-wanasari.xlsx" --person-key "$out/person.key"

say "3. Perjanjian Word dan PDF / agreements in Word and PDF"
"$pkdocs" generate "$out/kota-wanasari.xlsx" --out "$out/pk" --person-key "$out/person.key"

say "4. Semua menandatangani / everybody signs"
# The PKI issues from the mayor down, so newest first is from the bottom up: subordinates before superiors.
# Whoever had to wait signs in the next round.
round=1
while [ "$("$pkdocs" status "$out/pk" --waiting --json 2>/dev/null | grep -c '"role"')" -gt 0 ]; do
    [ "$round" -le 4 ] || fail "somebody still waits after four rounds"
    for key in $(ls -t "$out/pki/signers/" | grep '\.p12$'); do
        "$pkdocs" sign "$out/pk" --p12 "$out/pki/signers/$key" \
            --passphrase-file "$out/pki/signers/${key%.p12}.pass" --yes > "$out/sign.log" 2>&1 \
            || { cat "$out/sign.log" >&2; fail "signing failed"; }
    done
    round=$((round + 1))
done
"$pkdocs" status "$out/pk" | tail -1

say "5. Verifikasi / verification"
"$pkdocs" verify "$out/pk" --trust "$out/pki/trust.toml" --templates "$here/templates" --workbook "$out/kota-wanasari.xlsx"

say "6. Pemalsuan / a forgery: a softer target drawn over by a well-formed later revision"
cp -r "$out/pk" "$out/pk-palsu"
forged=$("$python" "$here/samples/forge.py" "$out/pk-palsu")
code=0
"$pkdocs" verify "$out/pk-palsu" --trust "$out/pki/trust.toml" > "$out/verify-palsu.txt" 2>&1 || code=$?
grep "$forged" "$out/verify-palsu.txt" | head -6
[ "$code" -eq 9 ] || fail "the forgery was not caught (exit $code)"

say "Ringkasan / summary"
echo "perjanjian / agreements:   $(find "$out/pk" -name '*.pdf' | wc -l) PDF, $(find "$out/pk" -name '*.docx' | wc -l) Word"
echo "penanda tangan / signers:  $(ls "$out/pki/signers/" | grep -c '\.p12$')"
echo "asli / genuine:            TOTAL-PASSED, exit 0"
echo "palsu / forged:            $forged, caught, exit $code"
echo "waktu / time:              $(($(date +%s) - started)) s"
echo "hasil / results:           $out"
