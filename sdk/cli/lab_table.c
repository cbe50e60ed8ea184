/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The exercises, in the order in which they are done. Folders of this name are in lab/. */
#include "lab_check.h"

/* clang-format off */
const struct lab_exercise lab_exercises[] = {
	{ "01-first-program", "a program that runs at each system call", "raw_tp; mapped arrays", false, 0, lab_first_program },
	{ "02-licence", "what the kernel wants to know before it lends its helpers", "raw_tp", false, 0, lab_licence },
	{ "03-first-map", "a map: counting by key", "raw_tp", false, 0, lab_first_map },
	{ "04-null-check", "a lookup can find nothing", "raw_tp", false, 0, lab_null_check },
	{ "05-bounds-check", "an index from outside", "raw_tp; mapped arrays", false, 0, lab_bounds_check },
	{ "06-off-by-one", "the last place, and the one behind it", "raw_tp", false, 0, lab_off_by_one },
	{ "07-signed-length", "a length that may be negative", "raw_tp; mapped arrays", false, 0, lab_signed_length },
	{ "08-loop-bound", "a loop whose end the verifier can see", "raw_tp; mapped arrays", false, 0, lab_loop_bound },
	{ "09-stack-limit", "512 bytes of stack, and where to put more", "raw_tp", false, 0, lab_stack_limit },
	{ "10-user-string", "text of another address space", "raw_tp", false, 0, lab_user_string },
	{ "11-compare-text", "comparing names", "raw_tp", false, 0, lab_compare_text },
	{ "12-kernel-memory", "following the kernel's pointers", "raw_tp; BTF", false, 0, lab_kernel_memory },
	{ "13-relocation", "CO-RE: the same field on every kernel", "raw_tp; BTF", false, 0, lab_relocation },
	{ "14-renamed-field", "a field that has another name elsewhere", "raw_tp; BTF", false, 0, lab_renamed_field },
	{ "15-ring-leak", "what is reserved must be given back", "raw_tp; ring buffer", false, 0, lab_ring_leak },
	{ "16-ring-emit", "skep_emit: what submits, what discards", "raw_tp; ring buffer", false, 0, lab_ring_emit },
	{ "17-stale-bytes", "records are not zeroed", "raw_tp; ring buffer", false, 0, lab_stale_bytes },
	{ "18-packet-bounds", "a packet ends somewhere", "xdp", false, 0, lab_packet_bounds },
	{ "19-byte-order", "numbers on the wire", "xdp", false, 0, lab_byte_order },
	{ "20-header-options", "headers of no fixed length", "xdp", false, 0, lab_header_options },
	{ "21-stale-packet", "pointers that a helper makes invalid", "tc", false, 0, lab_stale_packet },
	{ "22-return-range", "what a program may return", "", false, 0, lab_return_range },
	{ "23-spin-lock", "a lock on every way out", "tc", false, 0, lab_spin_lock },
	{ "24-per-cpu", "counting without sharing", "raw_tp", false, 0, lab_per_cpu },
	{ "25-global-function", "functions that are verified alone", "raw_tp; mapped arrays", false, 0, lab_global_function },
	{ "26-too-complex", "a loop that is too long for the verifier", "raw_tp; bpf_loop", false, 0, lab_too_complex },
	{ "27-tail-call", "from one program into another", "raw_tp", false, 0, lab_tail_call },
	{ "28-older-kernels", "using what only newer kernels have", "raw_tp; BTF", false, 0, lab_older_kernels },
	{ "29-consumer", "the user side: load, attach, read the ring", "raw_tp; BTF; ring buffer", true, 0, lab_consumer },
	{ "30-own-test", "a test that can fail", "raw_tp", true, 3, lab_own_test },
};
/* clang-format on */

const size_t lab_count = sizeof(lab_exercises) / sizeof(lab_exercises[0]);
