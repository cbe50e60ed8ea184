/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LOG_SITE_H
#define SKEP_BPF_LOG_SITE_H
/**
 * @file bpf/log/site.h
 * How one message becomes a record. Included by bpf/log.h, which has the story.
 *
 * Each place that writes messages has a struct of its own: its record. The struct is in the object's
 * BTF, with the arguments' types, and has a tag there, with the level, the line, the file and the
 * format. So the record needs nothing but the struct's number, which the loader writes into the
 * program (a CO-RE relocation), and formats are in no map.
 *
 * @code{.c}
 * #include <skep/bpf/log.h>
 *
 * struct a_site {
 *         struct skep_log_head head;
 *         enum { NUMBERS_OF_ITS_OWN } place[0];     // tells structs apart that look the same
 *         int a0;
 * } __attribute__((btf_decl_tag("skep:log:3:42:execsnoop.bpf.c\nopened as %d")));
 * @endcode
 *
 * @kernel{5.8}
 */
#include <skep/bpf/log/args.h>
#include <skep/types/log.h>

/** @cond */
#if defined(__bpf__) && SKEP_LOG_LEVEL > SKEP_LOG_OFF
#define SKEP_LOG_IS_ON_
/* One of each for an object, also when it is linked of many: the first one stays. */
struct skep_log_control skep_log_control __attribute__((weak))
SEC(".data.skep") = { .per_second = SKEP_LOG_PER_SECOND };
struct skep_ring_counts skep_log__counts __attribute__((weak)) SEC(".data.skep");
struct {
	struct skep_log_head (*type)[BPF_MAP_TYPE_RINGBUF];
	int (*max_entries)[SKEP_LOG_BYTES];
} skep_log __attribute__((weak)) SEC(".maps");

/* Whether one more message of this place is wanted. The clock is looked at for the last one only. */
SKEP_INLINE_ int skep_log_may_(struct skep_log_count *count, __u32 most)
{
	__u32 written = count->written + 1;
	__u64 now;

	if (most && written > most) {
		now = bpf_ktime_get_ns();
		if (now - count->since < 1000000000) {
			__sync_fetch_and_add(&count->suppressed, 1);
			return 0;
		}
		count->since = now;
		written = 1;
	}
	count->written = written;
	return 1;
}

/* How many messages of a place have the time of one. */
#define SKEP_LOG_SAME_TIME_ 16

/*
 * The clock takes longer than all the rest. So the time of a place's last message is good for those
 * that follow within the same tick, which is read for nothing. Two that write at once see each
 * other's time and tick mixed: then the exclusive or is no tick.
 */
SKEP_INLINE_ __u64 skep_log_time_(struct skep_log_count *count)
{
	__u64 tick = bpf_jiffies64(), time = *(volatile __u64 *)&count->time;

	if ((*(volatile __u64 *)&count->tick ^ time) == tick &&
	    count->written % SKEP_LOG_SAME_TIME_)
		return time;
	time = bpf_ktime_get_ns();
	*(volatile __u64 *)&count->time = time;
	*(volatile __u64 *)&count->tick = tick ^ time;
	return time;
}

SKEP_INLINE_ void *skep_log_reserve_(__u64 bytes, __u32 site, struct skep_log_count *count)
{
	struct skep_log_head *head = bpf_ringbuf_reserve(&skep_log, bytes, 0);

	if (!head) {
		__sync_fetch_and_add(&skep_log__counts.dropped, 1);
		return head;
	}
	head->site = site;
	head->cpu = bpf_get_smp_processor_id();
	head->time = skep_log_time_(count);
	return head;
}
#endif

/* For clang to hold formats against arguments; called by nobody. */
extern void skep_log_printf_(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define SKEP_LOG_CHECK_(format, ...)                                                               \
	SKEP_LOG_EACH_(SKEP_LOG_TYPEDEF_, ##__VA_ARGS__)                                           \
	SKEP_LOG_EACH_(SKEP_LOG_REFUSE_, ##__VA_ARGS__)                                            \
	if (0)                                                                                     \
		skep_log_printf_(format SKEP_LOG_EACH_(SKEP_LOG_CHECKED_, ##__VA_ARGS__));

/* A number made of the last letters of a text, as a constant. */
#define SKEP_LOG_LETTER_(s, i)                                                                     \
	(unsigned int)((s)[sizeof(s) > (i) + 1 ? sizeof(s) - 2 - (i) : sizeof(s) - 1])
#define SKEP_LOG_HASH1_(h, s, i) ((h)*31U + SKEP_LOG_LETTER_(s, i))
#define SKEP_LOG_HASH4_(h, s, i)                                                                   \
	SKEP_LOG_HASH1_(SKEP_LOG_HASH1_(SKEP_LOG_HASH1_(SKEP_LOG_HASH1_(h, s, i), s, (i) + 1), s,  \
					(i) + 2),                                                  \
			s, (i) + 3)
#define SKEP_LOG_HASH16_(h, s, i)                                                                  \
	SKEP_LOG_HASH4_(SKEP_LOG_HASH4_(SKEP_LOG_HASH4_(SKEP_LOG_HASH4_(h, s, i), s, (i) + 4), s,  \
					(i) + 8),                                                  \
			s, (i) + 12)
#define SKEP_LOG_HASH_(s)                                                                          \
	(int)(SKEP_LOG_HASH16_(SKEP_LOG_HASH16_((unsigned int)sizeof(s), s, 0), s, 16) & 0x7fffffff)

#define SKEP_LOG_WORDS_(x)  SKEP_LOG_WORDS1_(x)
#define SKEP_LOG_WORDS1_(x) #x
#define SKEP_LOG_TAG_(level, format)                                                               \
	"skep:log:" SKEP_LOG_WORDS_(level) ":" SKEP_LOG_WORDS_(__LINE__) ":" __FILE_NAME__         \
									 "\n" format

#define SKEP_LOG_WANTED_ (*(volatile __u32 *)&skep_log_control.level)
#define SKEP_LOG_MANY_   (*(volatile __u32 *)&skep_log_control.per_second)

#define SKEP_LOG_SITE_(level, most, format, ...)                                                   \
	do {                                                                                       \
		SKEP_LOG_QUIETLY_(SKEP_LOG_CHECK_(format, ##__VA_ARGS__))                          \
		SKEP_LOG_RECORD_(level, most, format, ##__VA_ARGS__)                               \
	} while (0)

/* Compilers for the host, for tests, compile nothing but the check. */
#ifdef __clang__
#define SKEP_LOG_QUIETLY_(check)                                                                   \
	_Pragma("clang diagnostic push") _Pragma("clang diagnostic error \"-Wformat\"")            \
		check _Pragma("clang diagnostic pop")
#else
#define SKEP_LOG_QUIETLY_(check) check
#endif

#ifdef SKEP_LOG_IS_ON_
#define SKEP_LOG_RECORD_(level, most, format, ...)                                                 \
	if ((level) > SKEP_LOG_LEVEL)                                                              \
		break;                                                                             \
	struct skep_log_site_ {                                                                    \
		struct skep_log_head head;                                                         \
		enum {                                                                             \
			skep_nth_ = __COUNTER__,                                                   \
			skep_format_ = SKEP_LOG_HASH_(format),                                     \
			skep_file_ = SKEP_LOG_HASH_(__FILE_NAME__),                                \
		} place_[0];                                                                       \
		SKEP_LOG_EACH_(SKEP_LOG_FIELD_, ##__VA_ARGS__)                                     \
	} __attribute__((btf_decl_tag(SKEP_LOG_TAG_(level, format))));                             \
	static struct {                                                                            \
		struct skep_log_count count;                                                       \
		struct skep_log_site_ of[0];                                                       \
	} skep_log_count_ SEC(".data.skep");                                                       \
	struct skep_log_site_ *skep_record_;                                                       \
	if ((level) > SKEP_LOG_WANTED_)                                                            \
		break;                                                                             \
	if (!skep_log_may_(&skep_log_count_.count, (most)))                                        \
		break;                                                                             \
	skep_record_ = skep_log_reserve_(sizeof(*skep_record_),                                    \
					 __builtin_btf_type_id(*(struct skep_log_site_ *)0, 0),    \
					 &skep_log_count_.count);                                  \
	if (!skep_record_)                                                                         \
		break;                                                                             \
	SKEP_LOG_EACH_(SKEP_LOG_PUT_, ##__VA_ARGS__)                                               \
	bpf_ringbuf_submit(skep_record_, 0);
#else
#define SKEP_LOG_RECORD_(level, most, format, ...)
#endif
/** @endcond */

#endif
