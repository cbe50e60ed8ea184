/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_PERCPU_REDUCE_H
#define SKEP_MAP_PERCPU_REDUCE_H
/**
 * @file skep/map/percpu_reduce.h
 * One value of many: sums, least, greatest and mean over the CPUs of a view, and over a whole
 * per-CPU map; histograms; merges of one's own. Part of map.h; C only.
 *
 * @code{.c}
 * struct io {
 *         __u64 bytes;
 *         __u32 errors;
 *         __u64 slots[64];
 * };
 * typedef SKEP_PERCPU_VIEW(struct io) io_view;
 *
 * static void show(io_view view)
 * {
 *         uint64_t slots[64];
 *
 *         skep_percpu_histogram_of(view, slots, slots);
 *         printf("%llu bytes, at most %llu errors on a CPU, %llu in slot 0\n",
 *                (unsigned long long)skep_percpu_sum_of(view, bytes),
 *                (unsigned long long)skep_percpu_max_of(view, errors),
 *                (unsigned long long)slots[0]);
 * }
 * @endcode
 *
 * Results are 64 bits wide: int64_t of signed integers, uint64_t of unsigned ones and bool,
 * double of float and double. Sums wrap around; a mean is rounded towards zero. Each is a loop
 * that the compiler sees through: there is no call.
 */
#include <skep/map/percpu.h>

#ifndef __cplusplus

/* What `x` is: the first of the three for signed integers, then unsigned ones, then floats. */
/* clang-format off */
#define SKEP_WIDE_(x, i, u, f)                                                                     \
	_Generic((x),                                                                              \
		char: i,                                                                           \
		signed char: i,                                                                    \
		short: i,                                                                          \
		int: i,                                                                            \
		long: i,                                                                           \
		long long: i,                                                                      \
		_Bool: u,                                                                          \
		unsigned char: u,                                                                  \
		unsigned short: u,                                                                 \
		unsigned int: u,                                                                   \
		unsigned long: u,                                                                  \
		unsigned long long: u,                                                             \
		float: f,                                                                          \
		double: f,                                                                         \
		default: u)
#define SKEP_IS_NUMBER_(x)                                                                         \
	(SKEP_INTEGER_(x) || _Generic((x), _Bool: 1, float: 1, double: 1, default: 0))
/* clang-format on */

#define SKEP_WIDE_TYPE_(x) __typeof__(SKEP_WIDE_(x, (int64_t)0, (uint64_t)0, 0.0))

#define SKEP_WIDE_FUNCTIONS_(of, T, sum)                                                           \
	static inline T skep_wide_sum_##of##_(T a, T b)                                            \
	{                                                                                          \
		return sum;                                                                        \
	}                                                                                          \
	static inline T skep_wide_min_##of##_(T a, T b)                                            \
	{                                                                                          \
		return b < a ? b : a;                                                              \
	}                                                                                          \
	static inline T skep_wide_max_##of##_(T a, T b)                                            \
	{                                                                                          \
		return b > a ? b : a;                                                              \
	}                                                                                          \
	struct skep_percpu

SKEP_WIDE_FUNCTIONS_(i, int64_t, (int64_t)((uint64_t)a + (uint64_t)b));
SKEP_WIDE_FUNCTIONS_(u, uint64_t, a + b);
SKEP_WIDE_FUNCTIONS_(f, double, a + b);

/* A mean that does not overflow on its way: quotients and remainders are added apart. */
struct skep_mean_i_ {
	int64_t quotient, rest;
};
struct skep_mean_u_ {
	uint64_t quotient, rest;
};
struct skep_mean_f_ {
	double sum;
};

static inline struct skep_mean_i_ skep_mean_add_i_(struct skep_mean_i_ mean, int64_t value,
						   int64_t count)
{
	mean.quotient += value / count;
	mean.rest += value % count;
	return mean;
}

static inline struct skep_mean_u_ skep_mean_add_u_(struct skep_mean_u_ mean, uint64_t value,
						   int64_t count)
{
	mean.quotient += value / (uint64_t)count;
	mean.rest += value % (uint64_t)count;
	return mean;
}

static inline struct skep_mean_f_ skep_mean_add_f_(struct skep_mean_f_ mean, double value,
						   int64_t count)
{
	mean.sum += value / (double)count;
	return mean;
}

static inline int64_t skep_mean_i_of_(struct skep_mean_i_ mean, int64_t count)
{
	int64_t whole = mean.quotient + mean.rest / count, rest = mean.rest % count;

	if (whole > 0 && rest < 0)
		return whole - 1;
	return whole < 0 && rest > 0 ? whole + 1 : whole;
}

static inline uint64_t skep_mean_u_of_(struct skep_mean_u_ mean, int64_t count)
{
	return mean.quotient + mean.rest / (uint64_t)count;
}

static inline double skep_mean_f_of_(struct skep_mean_f_ mean, int64_t count)
{
	(void)count;
	return mean.sum;
}

#define SKEP_NEED_NUMBER_(x)                                                                       \
	SKEP_REQUIRE_(SKEP_IS_NUMBER_(x), "skep: this is not a number: name a member of the "      \
					  "value with the call that ends in _of()")

#define SKEP_VALUE_AT_(view, i)                                                                    \
	((const __typeof__(*(view).value) *)skep_percpu_value_((view).percpu, (i),                 \
							       SKEP_PERCPU_STRIDE_(view)))

/* Folds `x`, an expression of skep_v_, over the CPUs. */
#define SKEP_FOLD_(view, x, how)                                                                   \
	__extension__({                                                                            \
		__typeof__(view) skep_view_ = (view);                                              \
		const uint32_t skep_n_ = skep_percpu_cpus(skep_view_);                             \
		const __typeof__(*skep_view_.value) *skep_v_ = NULL;                               \
		SKEP_NEED_NUMBER_(x);                                                              \
		SKEP_WIDE_TYPE_(x) skep_all_ = 0;                                                  \
		if (skep_n_) {                                                                     \
			skep_v_ = SKEP_VALUE_AT_(skep_view_, 0);                                   \
			skep_all_ = (x);                                                           \
		}                                                                                  \
		for (uint32_t skep_i_ = 1; skep_i_ < skep_n_; skep_i_++) {                         \
			skep_v_ = SKEP_VALUE_AT_(skep_view_, skep_i_);                             \
			skep_all_ = SKEP_WIDE_(x, skep_wide_##how##_i_, skep_wide_##how##_u_,      \
					       skep_wide_##how##_f_)(skep_all_, (x));              \
		}                                                                                  \
		skep_all_;                                                                         \
	})

#define SKEP_MEAN_(view, x)                                                                        \
	__extension__({                                                                            \
		__typeof__(view) skep_view_ = (view);                                              \
		const __typeof__(*skep_view_.value) *skep_v_ = NULL;                               \
		SKEP_NEED_NUMBER_(x);                                                              \
		__typeof__(SKEP_WIDE_(x, (struct skep_mean_i_){ 0 }, (struct skep_mean_u_){ 0 },   \
				      (struct skep_mean_f_){ 0 })) skep_mean_ = { 0 };             \
		const uint32_t skep_n_ = skep_percpu_cpus(skep_view_);                             \
		for (uint32_t skep_i_ = 0; skep_i_ < skep_n_; skep_i_++) {                         \
			skep_v_ = SKEP_VALUE_AT_(skep_view_, skep_i_);                             \
			skep_mean_ =                                                               \
				SKEP_WIDE_(x, skep_mean_add_i_, skep_mean_add_u_,                  \
					   skep_mean_add_f_)(skep_mean_, (x), (int64_t)skep_n_);   \
		}                                                                                  \
		SKEP_WIDE_(x, skep_mean_i_of_, skep_mean_u_of_, skep_mean_f_of_)                   \
		(skep_mean_, skep_n_ ? (int64_t)skep_n_ : 1);                                      \
	})

/** The sum of a view's values, which are numbers. */
#define skep_percpu_sum(view)            SKEP_FOLD_(view, *skep_v_, sum)
/** The sum of a member of a view's values: `skep_percpu_sum_of(view, bytes)`. */
#define skep_percpu_sum_of(view, member) SKEP_FOLD_(view, skep_v_->member, sum)

/** The least of a view's values, which are numbers. */
#define skep_percpu_min(view)            SKEP_FOLD_(view, *skep_v_, min)
/** The least of a member of a view's values. */
#define skep_percpu_min_of(view, member) SKEP_FOLD_(view, skep_v_->member, min)

/** The greatest of a view's values, which are numbers. */
#define skep_percpu_max(view)            SKEP_FOLD_(view, *skep_v_, max)
/** The greatest of a member of a view's values. */
#define skep_percpu_max_of(view, member) SKEP_FOLD_(view, skep_v_->member, max)

/** The mean of a view's values, which are numbers, over all possible CPUs. */
#define skep_percpu_avg(view)            SKEP_MEAN_(view, *skep_v_)
/** The mean of a member of a view's values. */
#define skep_percpu_avg_of(view, member) SKEP_MEAN_(view, skep_v_->member)

/**
 * Merges a view's values into `*into` with a function of one's own:
 * `fn(T *into, const V *value, C *ctx)` is called for each CPU, and what it returns is ignored.
 * `*into` begins as the caller has set it.
 */
#define skep_percpu_merge(view, into, fn, ctx)                                                     \
	__extension__({                                                                            \
		__typeof__(view) skep_view_ = (view);                                              \
		for (uint32_t skep_i_ = 0; skep_i_ < skep_percpu_cpus(skep_view_); skep_i_++)      \
			(void)fn((into), SKEP_VALUE_AT_(skep_view_, skep_i_), (ctx));              \
		(void)0;                                                                           \
	})

#define SKEP_COUNT_(array) (sizeof(array) / sizeof((array)[0]))

#define SKEP_HISTOGRAM_(view, x, out)                                                              \
	__extension__({                                                                            \
		__typeof__(view) skep_view_ = (view);                                              \
		const __typeof__(*skep_view_.value) *skep_v_ = NULL;                               \
		SKEP_REQUIRE_(SKEP_COUNT_(out) == SKEP_COUNT_(x),                                  \
			      "skep: the histogram has another number of slots");                  \
		SKEP_NEED_NUMBER_((x)[0]);                                                         \
		SKEP_REQUIRE_(sizeof((out)[0]) == 8 && SKEP_WIDE_((out)[0], 1, 2, 3) ==            \
							       SKEP_WIDE_((x)[0], 1, 2, 3),        \
			      "skep: slots are added up in int64_t, uint64_t or double");          \
		for (size_t skep_j_ = 0; skep_j_ < SKEP_COUNT_(out); skep_j_++)                    \
			(out)[skep_j_] = 0;                                                        \
		for (uint32_t skep_i_ = 0; skep_i_ < skep_percpu_cpus(skep_view_); skep_i_++) {    \
			skep_v_ = SKEP_VALUE_AT_(skep_view_, skep_i_);                             \
			for (size_t skep_j_ = 0; skep_j_ < SKEP_COUNT_(out); skep_j_++)            \
				(out)[skep_j_] = SKEP_WIDE_((x)[0], skep_wide_sum_i_,              \
							    skep_wide_sum_u_, skep_wide_sum_f_)(   \
					(out)[skep_j_], (x)[skep_j_]);                             \
		}                                                                                  \
		(void)0;                                                                           \
	})

/** Adds up histograms: V is an array of numbers, `out` an array of as many 64-bit sums. */
#define skep_percpu_histogram(view, out)            SKEP_HISTOGRAM_(view, *skep_v_, out)
/** Adds up histograms in a member of V: `skep_percpu_histogram_of(view, slots, sums)`. */
#define skep_percpu_histogram_of(view, member, out) SKEP_HISTOGRAM_(view, skep_v_->member, out)

/* Adds up `x`, an expression of skep_v_, over all CPUs of all keys. */
#define SKEP_TOTAL_(handle, x, sum)                                                                \
	__extension__({                                                                            \
		const __typeof__(*(handle).value) *skep_v_ = NULL;                                 \
		SKEP_NEED_NUMBER_(x);                                                              \
		SKEP_REQUIRE_(SKEP_WIDE_(*(sum), 1, 2, 3) == SKEP_WIDE_(x, 1, 2, 3) &&             \
				      sizeof(*(sum)) == 8,                                         \
			      "skep: the total goes into an int64_t, uint64_t or double");         \
		int skep_err_ = 0;                                                                 \
		SKEP_WIDE_TYPE_(x) skep_all_ = 0;                                                  \
		struct skep_percpu_iter *skep_iter_ =                                              \
			skep_percpu_iter_new(SKEP_PERCPU_(handle), &skep_err_);                    \
		SKEP_PERCPU_VIEW(*(handle).value) skep_view_ = { NULL };                           \
		while (skep_percpu_iter_next(skep_iter_, NULL, &skep_view_.percpu))                \
			for (uint32_t skep_i_ = 0; skep_i_ < skep_view_.percpu->count;             \
			     skep_i_++) {                                                          \
				skep_v_ = SKEP_VALUE_AT_(skep_view_, skep_i_);                     \
				skep_all_ = SKEP_WIDE_(x, skep_wide_sum_i_, skep_wide_sum_u_,      \
						       skep_wide_sum_f_)(skep_all_, (x));          \
			}                                                                          \
		skep_percpu_iter_free(skep_iter_);                                                 \
		if (!skep_err_)                                                                    \
			*(sum) = skep_all_;                                                        \
		skep_err_;                                                                         \
	})

/**
 * Adds up a whole map of numbers, all keys on all CPUs: `err = skep_percpu_total(hits, &sum)`.
 * 0 or a negative errno as of skep_percpu_foreach(); `sum` is untouched on failure.
 */
#define skep_percpu_total(handle, sum)            SKEP_TOTAL_(handle, *skep_v_, sum)
/** The same of a member of V: `skep_percpu_total_of(io, bytes, &sum)`. */
#define skep_percpu_total_of(handle, member, sum) SKEP_TOTAL_(handle, skep_v_->member, sum)

#endif

#endif
