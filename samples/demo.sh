#!/bin/sh
# The whole way once: workbook, agreements, signatures, verdict as expected; then a forgery that must be caught.
# Usage: sh samples/demo.sh [DIR]        everything is made in DIR (build/demo), which is emptied first
# PEOPLE=N makes a larger city (72).
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-build/demo}
pkdocs=$here/.venv/bin/pkdocs
python=$here/.venv/bin/python
people=${PEOPLE:-72}
workbook=$out/kota-wanasari.xlsx

say() { printf '\n== %s\n' "$1"; }
fail() { printf 'demo: %s\n' "$1" >&2; exit 1; }
holders() { "$python" "$here/samples/holders.py" "$workbook" "$1"; }
compare() { "$python" "$here/samples/compare.py" "$workbook" "$@" || fail "not what samples/expected.json says"; }

[ "$people" -ge 72 ] || fail "PEOPLE is at least 72: the cases of samples/expected.json need them"
rm -rf "$out"
mkdir -p "$out/sign"
started=$(date +%s)

say "1. Buku kerja contoh / a sample workbook"
"$pkdocs" sample "$workbook" --people "$people"
"$pkdocs" check "$workbook"

say "2. PKI uji dan kunci orang / training PKI and the key that hides NIPs"
# Two registrars of different units: the heads of Bagian Organisasi and of the Inspektorat.
organisation=$(holders SETDA.ORG)
inspector=$(holders INSP)
(umask 077 && head -c 32 /dev/urandom > "$out/person.key")
"$pkdocs" pki init "$out/pki" --registrar "$organisation" --registrar "$inspector"
"$pkdocs" pki issue "$out/pki" --workbook "$workbook" --person-key "$out/person.key"

say "3. Perjanjian Word dan PDF / agreements in Word and PDF"
"$pkdocs" generate "$workbook" --out "$out/pk" --person-key "$out/person.key"

say "4. Semua menandatangani, kecuali pejabat baru / everybody signs but the new officer"
# The PKI issues from the mayor down, so newest first is from the bottom up: subordinates before superiors. As many
# sign at a time as there are cores. Whoever had to wait signs in the next round, until a round adds no signature.
new_officer=$(holders RSUD.YANMED | tail -n 1)
ls -t "$out/pki/signers/" | sed -n 's/\.p12$//p' | grep -vxF "$new_officer" > "$out/sign/keys"
signed=1
while [ "$signed" -gt 0 ]; do
    # shellcheck disable=SC2016  # the inner shell fills these in
    xargs -P "$(nproc)" -I '{}' sh -c '
        "$1" sign "$2/pk" --p12 "$2/pki/signers/$3.p12" --passphrase-file "$2/pki/signers/$3.pass" --yes --json \
            > "$2/sign/$3.json" 2> "$2/sign/$3.log" || { cat "$2/sign/$3.log" >&2; exit 255; }
    ' sign "$pkdocs" "$out" '{}' < "$out/sign/keys" || fail "signing failed"
    signed=0
    while read -r key; do
        signed=$((signed + $(grep -c '"role"' "$out/sign/$key.json" || :)))
        if grep -q '"for"' "$out/sign/$key.json"; then echo "$key"; fi
    done < "$out/sign/keys" > "$out/sign/waiting"
    mv "$out/sign/waiting" "$out/sign/keys"
done
"$pkdocs" status "$out/pk" --waiting

say "Cap waktu dan data validasi / timestamps and validation data: the head of the region's agreement, up to level LTA"
"$pkdocs" pki serve "$out/pki" --port 0 --json > "$out/serve.json" 2> "$out/serve.log" &
services=$!
trap 'kill "$services" 2>/dev/null || :' EXIT
tries=0
until grep -q '"tsa"' "$out/serve.json"; do
    tries=$((tries + 1))
    [ "$tries" -le 300 ] && kill -0 "$services" 2>/dev/null || fail "the services of the training PKI do not start"
    sleep 0.1
done
tsa=$(sed -n 's/.*"tsa": "\(.*\)".*/\1/p' "$out/serve.json")
"$pkdocs" augment "$out"/pk/*/PK-*-WALIKOTA-1.pdf --level lta --tsa "$tsa" --trust "$out/pki/trust.toml"

say "5. Verifikasi tanpa register / verification without a register"
code=0
"$pkdocs" verify "$out/pk" --trust "$out/pki/trust.toml" --templates "$here/templates" --workbook "$workbook" --json \
    2>&1 > "$out/verdict.json" || code=$?
[ "$code" -eq 10 ] || fail "exit $code, not 10: some things cannot be said without a register"
say "Kasus sulit / the hard cases"
compare "$out/verdict.json"

say "6. Register: daftar, tanda tangan, cap waktu / register: list, signatures, timestamps"
# Pages are issued again and compared: what verify then finds listed it need not read again.
"$pkdocs" register build "$out/pk" --workbook "$workbook" --enrolment "$out/pki/enrolment.json" \
    --person-key "$out/person.key"
for registrar in "$organisation" "$inspector"; do
    "$pkdocs" register sign "$out/pk/register.pdf" --p12 "$out/pki/signers/$registrar.p12" \
        --passphrase-file "$out/pki/signers/$registrar.pass" --level t --tsa "$tsa" --yes
done
"$pkdocs" register verify "$out/pk/register.pdf" --trust "$out/pki/trust.toml"

say "Segel: satu cap waktu atas seluruh upacara / seal: one timestamp over the whole ceremony"
# Two agreements are not complete and stay without: exit 1 says so.
code=0
"$pkdocs" register seal "$out/pk/register.pdf" --tsa "$tsa" --trust "$out/pki/trust.toml" || code=$?
[ "$code" -eq 1 ] || fail "exit $code, not 1: two agreements are not complete"
kill "$services"

say "Bundel ZIP: verifikasi dan laporan / a bundle in ZIP: verification and reports"
"$pkdocs" bundle "$out/pk" --out "$out/pk.zip"
code=0
"$pkdocs" verify "$out/pk.zip" --trust "$out/pki/trust.toml" --register "$out/pk/register.pdf" \
    --report "$out/laporan.html" --report "$out/laporan.pdf" --report "$out/laporan.xlsx" --report "$out/laporan.json" \
    --json > "$out/verdict-register.json" 2> "$out/verify-register.txt" || code=$?
[ "$code" -eq 10 ] || fail "exit $code, not 10: one agreement waits, one is signed on paper"
compare "$out/verdict-register.json" --register

say "Laporan ditandatangani pemeriksa, lalu diuji / the report signed by the auditor, then checked"
"$pkdocs" report sign "$out/laporan.pdf" --p12 "$out/pki/signers/$inspector.p12" \
    --passphrase-file "$out/pki/signers/$inspector.pass" --yes
# of the folder, although it was made of the bundle: files are known by their digests
"$pkdocs" report check "$out/laporan.pdf" "$out/pk" --trust "$out/pki/trust.toml" --register "$out/pk/register.pdf"

say "Satu perjanjian tanpa daftar register / one agreement without the register's list"
officer=$(basename "$out"/pk/*/PK-*-DINSOS.REHSOS-1.pdf .pdf)
"$pkdocs" register prove "$out/pk/register.pdf" --agreement "$officer" --out "$out/bukti.json"
"$pkdocs" verify "$out"/pk/*/PK-*-WALIKOTA-1.pdf "$out"/pk/*/PK-*-DINSOS-1.pdf "$out/pk"/*/"$officer.pdf" \
    --trust "$out/pki/trust.toml" --register "$out/pk/register.pdf" --proof "$out/bukti.json"

say "Menyeluruh: pembaca kedua dan penggambar lain / thoroughly: the second reader, and other programs that draw"
"$pkdocs" verify "$out"/pk/*/PK-*-WALIKOTA-1.pdf --trust "$out/pki/trust.toml" --thorough > "$out/verify-thorough.txt"
grep RENDERED "$out/verify-thorough.txt"

say "7. Pemalsuan / a forgery: a softer target drawn over by a well-formed later revision"
cp -r "$out/pk" "$out/pk-palsu"
forged=$("$python" "$here/samples/forge.py" "$out/pk-palsu")
code=0
"$pkdocs" verify "$out/pk-palsu" --trust "$out/pki/trust.toml" > "$out/verify-palsu.txt" 2>&1 || code=$?
grep "$forged" "$out/verify-palsu.txt" | head -6
[ "$code" -eq 9 ] || fail "the forgery was not caught (exit $code)"

say "Ringkasan / summary"
echo "perjanjian / agreements:   $(find "$out/pk" -name 'PK-*.pdf' | wc -l) PDF, $(find "$out/pk" -name '*.docx' | wc -l) Word"
echo "penanda tangan / signers:  $(ls "$out/pki/signers/" | grep -c '\.p12$'), satu tidak menandatangani / one did not sign"
echo "asli / genuine:            sesuai / as expected: samples/expected.json"
echo "palsu / forged:            $forged, caught, exit $code"
echo "waktu / time:              $(($(date +%s) - started)) s"
echo "laporan / reports:         $out/laporan.html, .pdf (ditandatangani / signed), .xlsx, .json"
echo "hasil / results:           $out"
