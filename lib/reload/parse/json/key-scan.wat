;; Finds the property names of a JSON document at the speed of memory: key-scan.ts says how it is used, key-scan-module.ts holds it assembled.
;;
;; Memory: entries of 144 bytes from address 0 (128 bytes that end in a name with both quotes, its length, the entry that followed it last);
;; a hash table of 1,024 entry addresses from 36,864; the text from 41,216 on, with 144 bytes of what comes before it in front.
(module
  (memory (export "memory") 18)
  ;; Entry of the last name that was met.
  (global $last (mut i32) (i32.const 0))

  ;; Whether the name of $entry stands before the address $end.
  (func $is (param $entry i32) (param $end i32) (result i32)
    (local $left i32) (local $at i32)
    (local.set $left (i32.load offset=128 (local.get $entry)))
    (local.set $at (i32.add (local.get $entry) (i32.const 112)))
    (local.set $end (i32.sub (local.get $end) (i32.const 16)))
    (loop $chunk
      (if (i32.gt_s (local.get $left) (i32.const 16))
        (then
          (if (i32.ne (i32.const 0xffff)
                (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (v128.load (local.get $end)))))
            (then (return (i32.const 0))))
          (local.set $left (i32.sub (local.get $left) (i32.const 16)))
          (local.set $at (i32.sub (local.get $at) (i32.const 16)))
          (local.set $end (i32.sub (local.get $end) (i32.const 16)))
          (br $chunk))))
    (i32.eqz
      (i32.shr_u
        (i32.xor (i32.const 0xffff) (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (v128.load (local.get $end)))))
        (i32.sub (i32.const 16) (local.get $left)))))

  ;; Bits of the 16 bytes at $at that are a quote with a colon or a blank behind it.
  (func $quotes (param $at i32) (result i64)
    (local $next v128)
    (local.set $next (v128.load offset=1 (local.get $at)))
    (i64.extend_i32_u
      (i8x16.bitmask
        (v128.and
          (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (i32.const 0x22)))
          (v128.or
            (i8x16.eq (local.get $next) (i8x16.splat (i32.const 0x3a)))
            (i8x16.le_u (local.get $next) (i8x16.splat (i32.const 0x20))))))))

  ;; Address of the closing quote of the first string from $at on that a colon follows and no entry holds; 0 when none starts before $to.
  ;; Text up to $end may be looked at. A string that only blanks follow up to $end is answered too.
  (func (export "scan") (param $at i32) (param $to i32) (param $end i32) (param $entriesEnd i32) (result i32)
    (local $mask i64) (local $quote i32) (local $after i32) (local $entry i32) (local $slot i32)
    (block $done
      (loop $block
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $mask
          (i64.or
            (i64.or
              (call $quotes (local.get $at))
              (i64.shl (call $quotes (i32.add (local.get $at) (i32.const 16))) (i64.const 16)))
            (i64.or
              (i64.shl (call $quotes (i32.add (local.get $at) (i32.const 32))) (i64.const 32))
              (i64.shl (call $quotes (i32.add (local.get $at) (i32.const 48))) (i64.const 48)))))
        (block $blockDone
          (loop $hit
            (br_if $blockDone (i64.eqz (local.get $mask)))
            (local.set $quote (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $mask)))))
            (local.set $mask (i64.and (local.get $mask) (i64.sub (local.get $mask) (i64.const 1))))
            ;; Most often the name that followed the last one before, be it a name here or not; else by hash; else any.
            (local.set $entry (i32.load offset=132 (global.get $last)))
            (if (i32.eqz (call $is (local.get $entry) (i32.add (local.get $quote) (i32.const 1))))
              (then
                ;; A quote within a string: no name of OData ends in a backslash.
                (br_if $hit (i32.eq (i32.load8_u (i32.sub (local.get $quote) (i32.const 1))) (i32.const 0x5c)))
                (local.set $after (i32.add (local.get $quote) (i32.const 1)))
                (block $colon
                  (loop $blank
                    (if (i32.ge_u (local.get $after) (local.get $end)) (then (return (local.get $quote))))
                    (br_if $colon (i32.gt_u (i32.load8_u (local.get $after)) (i32.const 0x20)))
                    (local.set $after (i32.add (local.get $after) (i32.const 1)))
                    (br $blank)))
                (br_if $hit (i32.ne (i32.load8_u (local.get $after)) (i32.const 0x3a)))
                (local.set $after (i32.add (local.get $quote) (i32.const 1)))
                (local.set $slot
                  (i32.add (i32.const 36864)
                    (i32.and
                      (i32.wrap_i64
                        (i64.shr_u
                          (i64.mul (i64.load (i32.sub (local.get $quote) (i32.const 8))) (i64.const 0x9e3779b97f4a7c15))
                          (i64.const 48)))
                      (i32.const 0xffc))))
                (local.set $entry (i32.load (local.get $slot)))
                (if (i32.eqz (call $is (local.get $entry) (local.get $after)))
                  (then
                    (local.set $entry (i32.const 0))
                    (block $found
                      (loop $try
                        (if (i32.ge_u (local.get $entry) (local.get $entriesEnd)) (then (return (local.get $quote))))
                        (br_if $found (call $is (local.get $entry) (local.get $after)))
                        (local.set $entry (i32.add (local.get $entry) (i32.const 144)))
                        (br $try)))
                    (i32.store (local.get $slot) (local.get $entry))))
                (i32.store offset=132 (global.get $last) (local.get $entry))))
            (global.set $last (local.get $entry))
            (br $hit)))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $block)))
    (i32.const 0)))
