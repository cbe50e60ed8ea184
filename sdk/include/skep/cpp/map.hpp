/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_MAP_HPP
#define SKEP_CPP_MAP_HPP
/**
 * @file cpp/map.hpp
 * Typed maps: get, put, del, and a range over the entries. Part of skep.hpp.
 */
#include <memory>

#include <skep/cpp/owner.hpp>

namespace skep
{

/** Copies the value of a key out: see skep_map_get_raw(). */
template <typename H, typename K, typename V>
[[nodiscard]] int get(const H &handle, const K &key, V &value)
{
	if constexpr (detail::check_key<H, K>() && detail::check_value<H, V>())
		return skep_map_get_raw(handle.map, &key, &value);
	return -EINVAL;
}

/** Sets the value of a key: see skep_map_put_raw(). */
template <typename H, typename K, typename V>
[[nodiscard]] int put(const H &handle, const K &key, const V &value, skep_put how = SKEP_PUT_ANY)
{
	if constexpr (detail::check_key<H, K>() && detail::check_value<H, V>())
		return skep_map_put_raw(handle.map, &key, &value, how);
	return -EINVAL;
}

/** Removes a key: see skep_map_del_raw(). */
template <typename H, typename K> int del(const H &handle, const K &key)
{
	if constexpr (detail::check_key<H, K>())
		return skep_map_del_raw(handle.map, &key);
	return -EINVAL;
}

template <typename T, typename K, typename V>
[[nodiscard]] int get(const owner<T> &handle, const K &key, V &value)
{
	return get(handle.get(), key, value);
}
template <typename T, typename K, typename V>
[[nodiscard]] int put(const owner<T> &handle, const K &key, const V &value,
		      skep_put how = SKEP_PUT_ANY)
{
	return put(handle.get(), key, value, how);
}
template <typename T, typename K> int del(const owner<T> &handle, const K &key)
{
	return del(handle.get(), key);
}

/** What an iteration over a map yields; binds to `auto [key, value]`. */
template <typename K, typename V> struct entry {
	K key;
	V value;
};

/**
 * The entries of a map, copied, once: see skep_map_foreach(). Made by skep::entries().
 *
 * @code{.cpp}
 * auto all = skep::entries(flows);
 *
 * for (auto &[flow, count] : all)
 *         std::printf("%u -> %llu\n", flow.port, count.packets);
 * if (all.error())
 *         return skep_perror("flows");
 * @endcode
 */
template <typename H> class entry_range
{
	using types = detail::map_of<H>;

public:
	using value_type = entry<typename types::key_type, typename types::value_type>;
	using iterator = detail::cursor<entry_range, value_type>;

	explicit entry_range(const H &handle)
		: entry_(), error_(std::make_unique<int>(0)),
		  iter_(skep_map_iter_new(handle.map, error_.get()))
	{
	}
	iterator begin()
	{
		return iterator(this);
	}
	end_of_range end() const noexcept
	{
		return {};
	}
	/** After the loop: 0 at the end of the map, or a negative errno. */
	int error() const noexcept
	{
		return *error_;
	}

	bool next()
	{
		return skep_map_iter_next(iter_, &entry_.key, &entry_.value);
	}
	const value_type *current() const noexcept
	{
		return &entry_;
	}

private:
	value_type entry_;
	/* Where the iteration writes: it must not move with the range. */
	std::unique_ptr<int> error_;
	owner<skep_map_iter> iter_;
};

/** A range over the entries of a map: see skep::entry_range. */
template <typename H> auto entries(const H &handle)
{
	if constexpr (detail::check_map<H>())
		return entry_range<H>(handle);
}
template <typename T> auto entries(const owner<T> &handle)
{
	return entries(handle.get());
}

} // namespace skep

#endif
