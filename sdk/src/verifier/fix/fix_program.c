/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What is refused before the first instruction: the ends of functions, and what programs attach to. */
#include "fixer.h"
#include "verifier/text/near.h"

static bool is_void(struct skep_span type)
{
	return skep_span_find_word(type, SPAN("void")) >= 0 && skep_span_find_char(type, '*') < 0;
}

/* The only function for which this holds; where there are several, none. */
static bool find_function(struct skep_fixer *fx,
			  bool (*fits)(const struct skep_fixer *fx, const struct skep_cfunction *f))
{
	struct skep_cfunction f, found = { .end = 0 };
	int count = 0;

	for (size_t at = 0; skep_cfunction_next(&fx->text, &at, &f);)
		if (fits(fx, &f)) {
			found = f;
			count++;
		}
	return count == 1 && skep_fixer_move(fx, found.body);
}

static bool ends_unreachable(const struct skep_fixer *fx, const struct skep_cfunction *f)
{
	struct skep_span end = SPAN("__builtin_unreachable();");
	size_t last = skep_ctext_back(&fx->text, f->end - 1, f->body);

	return last != SKEP_NOWHERE && last + 1 >= f->body + end.length &&
	       skep_span_is(skep_ctext_code(&fx->text, last + 1 - end.length, last + 1), end);
}

static bool calls_and_is_void(const struct skep_fixer *fx, const struct skep_cfunction *f)
{
	return is_void(f->type) && !f->macro &&
	       skep_ctext_find(&fx->text, f->body, f->end, SPAN("bpf_tail_call")) != SKEP_NOWHERE;
}

/* `void NAME(` in front of the function: its prototypes. */
static void change_prototypes(const struct skep_fixer *fx, struct skep_changes *changes)
{
	struct skep_span name = fx->function.name;
	size_t at = 0;

	while ((at = skep_ctext_find(&fx->text, at, fx->function.head, name)) != SKEP_NOWHERE) {
		size_t last = skep_ctext_back(&fx->text, at, 0);

		if (last != SKEP_NOWHERE && last >= 3 &&
		    skep_ctext_is_word(&fx->text, last - 3, SPAN("void")))
			skep_fixer_replace(fx, changes, last - 3, last + 1, "int");
		at += name.length;
	}
}

/* Tail calls are made by functions that return int. */
static void return_int(struct skep_fixer *fx)
{
	struct skep_changes changes = { .count = 0 };
	int last = -1;
	size_t at;

	if (!find_function(fx, calls_and_is_void))
		return;
	at = skep_fixer_offset(fx, fx->function.type);
	at = skep_ctext_find(&fx->text, at, at + fx->function.type.length, SPAN("void"));
	change_prototypes(fx, &changes);
	skep_fixer_replace(fx, &changes, at, at + strlen("void"), "int");
	for (size_t i = 0; i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];

		if (s->parent < 0)
			last = (int)i;
		if (s->kind == SKEP_C_RETURN)
			skep_fixer_replace(fx, &changes, s->start, s->end, "return 0;");
	}
	if (last < 0)
		return;
	if (fx->body.at[last].kind != SKEP_C_RETURN)
		skep_fixer_behind(fx, &changes, last, "return 0;");
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx,
					  "let %.*s() return int: only such functions may make "
					  "tail calls",
					  SKEP_TEXT(fx->function.name)),
			 skep_fixer_print(fx, "int %.*s(...)", SKEP_TEXT(fx->function.name)));
}

void skep_fix_program(struct skep_fixer *fx)
{
	if (fx->c->entry->number == 706) {
		if (skep_span_find(fx->c->message, SPAN("return 'int'")) >= 0)
			return_int(fx);
	} else if (find_function(fx, ends_unreachable)) {
		skep_fix_end(fx);
	}
}

/* What is there on every kernel that has BPF at all; those that programs use most. */
static const char *const iterators[] = {
	"task",         "task_file", "task_vma", "bpf_map",
	"bpf_map_elem", "bpf_prog",  "bpf_link", "tcp",
	"udp",          "unix",      "netlink",  "ipv6_route",
	"sockmap",      "ksym",      "cgroup",   "bpf_sk_storage_map",
	"kmem_cache",   NULL
};
static const char *const tracepoints[] = { "sched_switch",
					   "sched_wakeup",
					   "sched_wakeup_new",
					   "sched_waking",
					   "sched_process_exec",
					   "sched_process_exit",
					   "sched_process_fork",
					   "sched_process_free",
					   "sched_process_wait",
					   "sched_migrate_task",
					   "sched_stat_runtime",
					   "sys_enter",
					   "sys_exit",
					   "task_newtask",
					   "task_rename",
					   "signal_generate",
					   "signal_deliver",
					   "block_rq_issue",
					   "block_rq_complete",
					   "block_rq_insert",
					   "tcp_retransmit_skb",
					   "tcp_receive_reset",
					   "tcp_send_reset",
					   "inet_sock_set_state",
					   "kfree_skb",
					   "consume_skb",
					   "net_dev_xmit",
					   "net_dev_queue",
					   "netif_receive_skb",
					   "netif_rx",
					   "napi_poll",
					   "irq_handler_entry",
					   "irq_handler_exit",
					   "softirq_entry",
					   "softirq_exit",
					   "softirq_raise",
					   "cpu_frequency",
					   "cpu_idle",
					   "workqueue_execute_start",
					   "workqueue_execute_end",
					   "workqueue_queue_work",
					   "page_fault_user",
					   "page_fault_kernel",
					   "mm_page_alloc",
					   "oom_kill_process",
					   NULL };

/* `SEC("iter/tasks")`: a letter too many, or too few. */
void skep_fix_attach(struct skep_fixer *fx)
{
	struct skep_span section = fx->function.section, kind, hook;
	struct skep_changes changes = { .count = 0 };
	const char *right = NULL;
	ptrdiff_t slash = skep_span_find_char(section, '/');
	size_t at;

	if (slash < 1)
		return;
	kind = skep_span_upto(section, (size_t)slash);
	hook = skep_span_from(section, (size_t)slash + 1);
	if (skep_span_starts(kind, SPAN("iter")))
		right = skep_near_word(hook, iterators, 5);
	else if (skep_span_is(kind, SPAN("tp_btf")) || skep_span_find(kind, SPAN("raw_t")) == 0)
		right = skep_near_word(hook, tracepoints, 5);
	if (!right)
		return;
	at = skep_fixer_offset(fx, hook);
	skep_fixer_replace(fx, &changes, at, at + hook.length, right);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "attach to `%s`: there is no `%.*s`", right, SKEP_TEXT(hook)),
		skep_fixer_print(fx, "SEC(\"%.*s/%s\")", SKEP_TEXT(kind), right));
}
