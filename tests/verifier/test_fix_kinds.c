/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Fixes where another pointer, another declaration or another name is meant; and where none is made. */
#include "fixed.h"

#include "verifier/text/near.h"

/* What libbpf says before it loads anything. */
#define NOT_LOADED "libbpf: failed to load object './x.bpf.o'\n"
#define MAP_LOG    "libbpf: map 'm': failed to create: Invalid argument(-22)\n" NOT_LOADED

#define HEAD "struct {\n"
#define TAIL "} m SEC(\".maps\");\n"

TEST(a_misspelled_member_of_a_map_is_corrected)
{
	static const char log[] = "libbpf: map 'm': unknown field 'max_entires'.\n" NOT_LOADED;

	assert_fixed(log, HEAD "\t__uint(max_entires, 8);\n" TAIL,
		     HEAD "\t__uint(max_entries, 8);\n" TAIL);
	/* Both are there: the other one was meant. */
	assert_not_placed(log, HEAD "\t__uint(max_entires, 8);\n\t__uint(max_entries, 9);\n" TAIL);
}

#define ARRAY HEAD "\t__uint(type, BPF_MAP_TYPE_ARRAY);\n\t__type(key, %s);\n" TAIL
#define USE   "int f(void *ctx)\n{\n\t%s k = 1;\n\n\treturn !bpf_map_lookup_elem(&m, &k)%s;\n}\n"

TEST(keys_of_arrays_become_numbers_of_four_bytes)
{
	char before[512], after[512];

	snprintf(before, sizeof(before), ARRAY USE, "__u64", "__u64", "");
	snprintf(after, sizeof(after), ARRAY USE, "__u32", "__u32", "");
	assert_fixed(MAP_LOG, before, after);
	/* Its eight bytes are the key of another map too. */
	snprintf(before, sizeof(before), ARRAY USE, "__u64", "__u64",
		 " + !bpf_map_lookup_elem(&other, &k)");
	assert_not_placed(MAP_LOG, before);
}

TEST(a_ring_has_no_keys)
{
	assert_fixed(MAP_LOG,
		     HEAD "\t__uint(type, BPF_MAP_TYPE_RINGBUF);\n\t__uint(max_entries, 4096);\n"
			  "\t__type(key, int);\n" TAIL,
		     HEAD
		     "\t__uint(type, BPF_MAP_TYPE_RINGBUF);\n\t__uint(max_entries, 4096);\n" TAIL);
}

TEST(a_storage_allocates_late_and_without_limit)
{
	assert_fixed(MAP_LOG,
		     HEAD "\t__uint(type, BPF_MAP_TYPE_TASK_STORAGE);\n\t__uint(max_entries, 9);\n"
			  "\t__type(key, int);\n" TAIL,
		     HEAD "\t__uint(type, BPF_MAP_TYPE_TASK_STORAGE);\n"
			  "\t__uint(map_flags, BPF_F_NO_PREALLOC);\n\t__type(key, int);\n" TAIL);
}

TEST(maps_of_before_are_declared_by_their_types)
{
	static const char log[] = "libbpf: elf: legacy map definitions in 'maps' section are not "
				  "supported by libbpf v1.0+\n" NOT_LOADED;

	assert_fixed(
		log,
		"struct bpf_map_def SEC(\"maps\") m = {\n\t.type = BPF_MAP_TYPE_HASH, /* x */\n"
		"\t.key_size = sizeof(struct key),\n\t.max_entries = 1 << 4,\n};\n",
		"struct {\n\t__uint(type, BPF_MAP_TYPE_HASH);\n\t__type(key, struct key);\n"
		"\t__uint(max_entries, 1 << 4);\n} m SEC(\".maps\");\n");
	/* Numbers without names may be anything; a member that is not known too. */
	assert_not_placed(log, "struct bpf_map_def SEC(\"maps\") m = { 1, 4, 8, 16 };\n");
	assert_not_placed(log, "struct bpf_map_def SEC(\"maps\") m = { .type = 1, .x = 2 };\n");
}

TEST(a_tail_call_is_made_by_a_function_that_returns_int)
{
	static const char log[] = "libbpf: prog 'p': BPF program load failed: Invalid argument\n"
				  "libbpf: prog 'p': -- BEGIN PROG LOAD LOG --\n"
				  "tail_call is only allowed in functions that return 'int'.\n"
				  "processed 0 insns\n-- END PROG LOAD LOG --\n" NOT_LOADED;

	assert_fixed(log,
		     "static void next(void *c);\n\n"
		     "static __noinline void next(void *c)\n{\n\tif (!c)\n\t\treturn;\n"
		     "\tbpf_tail_call(c, &m, 0);\n}\n\n"
		     "SEC(\"xdp\")\nint p(struct xdp_md *c)\n{\n\tnext(c);\n\treturn 0;\n}\n",
		     "static int next(void *c);\n\n"
		     "static __noinline int next(void *c)\n{\n\tif (!c)\n\t\treturn 0;\n"
		     "\tbpf_tail_call(c, &m, 0);\n\treturn 0;\n}\n\n"
		     "SEC(\"xdp\")\nint p(struct xdp_md *c)\n{\n\tnext(c);\n\treturn 0;\n}\n");
}

TEST(a_hook_is_spelled_as_the_kernel_does)
{
	static const char log[] = "libbpf: prog 'p': failed to find kernel BTF type ID of "
				  "'sched_proc_exec': -3\n" NOT_LOADED;

	assert_fixed(log, "SEC(\"tp_btf/sched_proc_exec\")\nint p(void *c)\n{\n\treturn 0;\n}\n",
		     "SEC(\"tp_btf/sched_process_exec\")\nint p(void *c)\n{\n\treturn 0;\n}\n");
	/* Functions of the kernel are in no list. */
	assert_not_placed(log,
			  "SEC(\"fentry/sched_proc_exec\")\nint p(void *c)\n{\n\treturn 0;\n}\n");
}

TEST(the_nearest_word_is_the_only_nearest)
{
	static const char *const list[] = { "task", "task_file", "tcp", "udp", NULL };
	static const char *const alike[] = { "abcd", "abce", NULL };

	assert_string_equal(skep_near_word(SPAN("tasks"), list, 5), "task");
	assert_string_equal(skep_near_word(SPAN("taskfile"), list, 5), "task_file");
	assert_null(skep_near_word(SPAN("sockets"), list, 5));
	assert_null(skep_near_word(SPAN("task"), list, 5));
	assert_null(skep_near_word(SPAN("ab"), list, 5));
	assert_null(skep_near_word(SPAN("abcx"), alike, 2));
}

/* One instruction that is refused with this message; its line is the fifth of the file. */
#define REFUSED(line, insn, message)                                                               \
	"0: R1=ctx() R10=fp0\n; " line " @ x.bpf.c:5\n1: " insn "\n" message "\n" END
#define BODY(before, line, after)                                                                  \
	"SEC(\"tc\")\nint f(struct __sk_buff *skb)\n{\n\t" before "\n\t" line "\n" after           \
	"\treturn 0;\n}\n"

TEST(a_copy_of_a_key_is_changed_where_it_is_read_again)
{
	static const char log[] = REFUSED("key->a &= 15;", "(63) *(u32 *)(r1 +0) = r2",
					  "R1 cannot write into rdonly_buf");

	assert_fixed(log, BODY("struct key *key = get();", "key->a &= 15;", "\tuse(key->a);\n"),
		     BODY("struct key *key = get();\n\tstruct key key_copy = *key;",
			  "key_copy.a &= 15;", "\tuse(key_copy.a);\n"));
	/* What is written would be lost, and what is handed on would be another. */
	assert_not_placed(log, BODY("struct key *key = get();", "key->a &= 15;", ""));
	assert_not_placed(log, BODY("struct key *key = get();", "key->a &= 15;", "\tuse(key);\n"));
}

TEST(each_cpu_is_asked_for_its_copy)
{
	static const char log[] = REFUSED("t->n = 1;", "(7a) *(u64 *)(r1 +0) = 1",
					  "R1 is ptr_totals access percpu memory: off=0");

	assert_fixed(log, BODY("struct totals *t = get();", "t->n = 1;", "\tt->m = 2;\n"),
		     BODY("struct totals *t = get();\n\tstruct totals *my_t = bpf_this_cpu_ptr(t);",
			  "my_t->n = 1;", "\tmy_t->m = 2;\n"));
	assert_not_placed(log, BODY("struct totals *t = get();", "t->n = 1;", "\tput(t);\n"));
}

TEST(an_address_is_not_added_to_another)
{
	static const char log[] = REFUSED("p = data + (__u64)ip + 4;", "(0f) r1 += r2",
					  "R1 pointer += pointer prohibited");
	static const char *const declared = "void *data = a(), *ip = b(), *p;";
	char before[512], after[512];

	snprintf(before, sizeof(before), BODY("%s", "%s", ""), declared,
		 "p = data + (__u64)ip + 4;");
	snprintf(after, sizeof(after), BODY("%s", "%s", ""), declared, "p = (void *)ip + 4;");
	assert_fixed(log, before, after);
}

TEST(the_task_is_asked_for_as_a_pointer)
{
	static const char log[] = "0: R1=ctx() R10=fp0\n"
				  "; struct t *t = (void *)bpf_get_current_task(); @ x.bpf.c:4\n"
				  "1: (85) call bpf_get_current_task#35 ; R0=scalar()\n"
				  "2: (bf) r2 = r0 ; R0=scalar(id=1) R2=scalar(id=1)\n"
				  "; v = bpf_task_storage_get(&m, t, 0, 1); @ x.bpf.c:5\n"
				  "3: (85) call bpf_task_storage_get#156\n"
				  "R2 type=scalar expected=ptr_, trusted_ptr_, rcu_ptr_\n" END;

	assert_fixed(log,
		     BODY("struct t *t = (void *)bpf_get_current_task();",
			  "v = bpf_task_storage_get(&m, t, 0, 1);", ""),
		     BODY("struct t *t = (void *)bpf_get_current_task_btf();",
			  "v = bpf_task_storage_get(&m, t, 0, 1);", ""));
}

TEST(a_misaligned_write_is_a_copy)
{
	static const char log[] =
		REFUSED("*(__u32 *)(b + 1) = skb->len;", "(63) *(u32 *)(r10 -7) = r1",
			"misaligned stack access off 0+0+-7 size 4");

	assert_fixed(log, BODY("char b[8];", "*(__u32 *)(b + 1) = skb->len;", ""),
		     BODY("char b[8];\n\t__u32 value = skb->len;",
			  "__builtin_memcpy((b + 1), &value, sizeof(value));", ""));
}

/* skep's own form follows what is made of the source. */
TEST(a_leaked_record_has_a_form_that_cannot_leak)
{
	static const char log[] = "0: R1=ctx() R10=fp0\n"
				  "; e = bpf_ringbuf_reserve(&rb, 8, 0); @ x.bpf.c:4\n"
				  "1: (85) call bpf_ringbuf_reserve#131 ; "
				  "R0=ringbuf_mem(ref_obj_id=2,sz=8) refs=2\n"
				  "; return 0; @ x.bpf.c:6\n2: (95) exit\n"
				  "Unreleased reference id=2 alloc_insn=1\n" END;
	struct skep_explanation *explanation = explain(log, "nothing\n");
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);
	const struct skep_fix *last = &d->fixes[d->fix_count - 1];

	assert_int_equal(last->applicability, SKEP_FIX_SUGGESTION);
	assert_string_equal(last->code, "skep_emit(ctx, &rb, e) {\n\t...\n}");
	assert_non_null(strstr(last->text, "`e`"));
	skep_explanation_free(explanation);
}

/* The log alone has the names that a sentence needs. */
TEST(sentences_have_the_names_of_the_line)
{
	static const char log[] =
		REFUSED("n = bpf_d_path(&file->f_path, buf, 64);", "(85) call bpf_d_path#147",
			"program of this type cannot use helper bpf_d_path#147");
	struct skep_explanation *explanation = explain(log, "nothing\n");
	const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, 0);

	assert_non_null(strstr(d->fixes[0].text, "SEC(\"lsm/file_open\")"));
	assert_non_null(strstr(d->fixes[0].text, "file->f_path"));
	skep_explanation_free(explanation);
}
