# Compares a result with a reference: jq -n -r --slurpfile a RESULT --slurpfile b REFERENCE -f compare.jq
# prints every value of the reference that the result does not have within the tolerance of its kind.
def relative($path):
  ($path | map(tostring) | join("/")) as $text
  | if $text | test("/fit/") then 1e-4
    elif $text | test("std_loadings|omega_se|omega_ci|ave$") then 1e-4
    elif $text | test("loadings|residual_variances|omega") then 1e-8
    elif $text | test("reml|/ml/|reliability|blup|shrunken|se_conditional|se_mean") then 1e-7
    elif $text | test("/p$|ci95") then 1e-8
    else 1e-10 end;
def absolute($path):
  ($path | map(tostring) | join("/")) as $text
  | if $text | test("/fit/chisq") then 1e-3
    elif $text | test("/fit/") then 1e-5
    else 1e-12 end;
def magnitude: if . < 0 then -. else . end;
def same($x; $y; $path):
  if ($x | type) == "number" and ($y | type) == "number"
  then ($x - $y | magnitude) <= ([absolute($path), relative($path) * ($y | magnitude)] | max)
  else $x == $y end;
$a[0] as $a | $b[0] as $b
| [$b | paths | select(map(tostring) | any(. == "packages" or . == "note") | not)] as $paths
| ($paths | map(select(. as $p | $b | getpath($p) | type | . != "object" and . != "array"))) as $leaves
| ($leaves | length | if . == 0 then "nothing to compare" else empty end),
  ($leaves[] | . as $p
   | ($a | try getpath($p) catch "no such place") as $x | ($b | getpath($p)) as $y
   | select(same($x; $y; $p) | not) | "\($p | map(tostring) | join("/")): got \($x), expected \($y)"),
  ($paths[] | . as $p | select($b | getpath($p) | type == "array")
   | ($a | try (getpath($p) | length) catch -1) as $n | ($b | getpath($p) | length) as $m
   | select($n != $m) | "\($p | map(tostring) | join("/")): \($n) values, expected \($m)")
