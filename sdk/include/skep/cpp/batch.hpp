/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_BATCH_HPP
#define SKEP_CPP_BATCH_HPP
/**
 * @file cpp/batch.hpp
 * Many entries at a time: count, clear, batches that are read, and filling a map from a function.
 * Part of skep.hpp.
 *
 * @code{.cpp}
 * skep::place place;
 * struct flow keys[500];
 * struct count values[500];
 * size_t n;
 *
 * do {
 *         n = 500;
 *         if (skep::take_batch(flows, place, keys, values, n))
 *                 return skep_perror("flows");
 *         for (size_t i = 0; i < n; i++)
 *                 std::printf("%u: %llu\n", keys[i].port, values[i].packets);
 * } while (n);
 * @endcode
 */
#include <skep/cpp/map.hpp>

namespace skep
{

namespace detail
{

/* Whether the keys of a handle can be gone through; says so where not. */
template <typename H> constexpr bool check_walked()
{
	if constexpr (check_with_keys<H>()) {
		static_assert(!has_access<H, SKEP_ACCESS_STORAGE>,
			      "skep: only an iterator program can go through a storage");
		return !has_access<H, SKEP_ACCESS_STORAGE>;
	}
	return false;
}

} // namespace detail

/** Counts the entries by going through them: see skep_map_count_raw(). */
template <typename X> [[nodiscard]] int count(const X &handle, uint64_t &entries)
{
	if constexpr (detail::check_walked<detail::plain_t<X>>())
		return skep_map_count_raw(detail::plain(handle).map, &entries);
	return -EINVAL;
}

/** Removes all entries; elements of an array become zero: see skep_map_clear_raw(). */
template <typename X> [[nodiscard]] int clear(const X &handle)
{
	if constexpr (detail::check_walked<detail::plain_t<X>>())
		return skep_map_clear_raw(detail::plain(handle).map);
	return -EINVAL;
}

/** Where the next batch begins: at the start, for one that was just made. Frees itself. */
class place
{
public:
	place() noexcept = default;
	place(const place &) = delete;
	place &operator=(const place &) = delete;
	~place()
	{
		skep_map_iter_free(iter_);
	}
	/** For C. */
	skep_map_iter **out() noexcept
	{
		return &iter_;
	}

private:
	skep_map_iter *iter_ = nullptr;
};

/**
 * Reads the next entries into arrays with room for `count`; then `count` says how many came, 0 at
 * the end: see skep_map_get_batch_raw().
 */
template <typename X, typename K, typename V>
[[nodiscard]] int get_batch(const X &handle, place &from, K *keys, V *values, size_t &count)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_keyed<H>() && detail::check_key<H, K>() &&
		      detail::check_value<H, V>())
		return skep_map_get_batch_raw(detail::plain(handle).map, from.out(), keys, values,
					      &count);
	return -EINVAL;
}

/** The same and removes them: see skep_map_take_batch_raw(). */
template <typename X, typename K, typename V>
[[nodiscard]] int take_batch(const X &handle, place &from, K *keys, V *values, size_t &count)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_keyed<H>() && detail::check_key<H, K>() &&
		      detail::check_value<H, V>())
		return skep_map_take_batch_raw(detail::plain(handle).map, from.out(), keys, values,
					       &count);
	return -EINVAL;
}

/**
 * Puts what a function gives, in batches: `int next(K &key, V &value)` returns 1 with an entry, 0
 * when it has no more, or a negative errno. Both are zeroed before. What came before a failure, or
 * before something thrown, may be in the map: see skep_map_fill().
 */
template <typename X, typename F> [[nodiscard]] int fill(const X &handle, F &&next)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_keyed<H>()) {
		using key_type = typename detail::map_of<H>::key_type;
		using value_type = typename detail::map_of<H>::value_type;

		if constexpr (std::is_invocable_r_v<int, F &, key_type &, value_type &>) {
			owner<skep_map_filler> filler;
			void *key, *value;
			int more = 1, err;

			err = skep_map_filler_new(filler.out(), detail::plain(handle).map);
			while (!err && more > 0) {
				err = skep_map_filler_room(filler, &key, &value);
				if (!err)
					more = next(*static_cast<key_type *>(key),
						    *static_cast<value_type *>(value));
			}
			return err ? err : skep_map_filler_end(filler, more);
		} else {
			static_assert(!sizeof(X), "skep: this function is not int next(K &, V &)");
		}
	}
	return -EINVAL;
}

} // namespace skep

#endif
