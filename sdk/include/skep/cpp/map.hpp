/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_MAP_HPP
#define SKEP_CPP_MAP_HPP
/**
 * @file cpp/map.hpp
 * Typed maps: get, put, del, take, batches, and a range over the entries. Part of skep.hpp.
 *
 * Each call takes a handle, or a skep::owner of one.
 */
#include <cerrno>
#include <memory>

#include <skep/cpp/owner.hpp>
#include <skep/cpp/percpu.hpp>

namespace skep
{

namespace detail
{

/* Whether H is a handle with keys and one value for each; says so where it is not. */
template <typename H> constexpr bool check_keyed()
{
	if constexpr (check_map<H>()) {
		static_assert(has_access<H, SKEP_ACCESS_KEYED>,
			      "skep: maps of this kind have calls of their own: see skep.hpp");
		return has_access<H, SKEP_ACCESS_KEYED>;
	}
	return false;
}

/* Whether entries of a handle have keys; says so where they have none. */
template <typename H> constexpr bool check_with_keys()
{
	if constexpr (check_map<H>()) {
		constexpr bool without = has_access<H, SKEP_ACCESS_QUEUE, SKEP_ACCESS_BLOOM,
						    SKEP_ACCESS_USER_RING, SKEP_ACCESS_ARENA>;

		static_assert(!without, "skep: maps of this kind have no keys: see skep.hpp");
		return !without;
	}
	return false;
}

template <typename H> constexpr bool is_percpu()
{
	if constexpr (map_of<H>::value)
		return has_access<H, SKEP_ACCESS_PERCPU>;
	return false;
}

} // namespace detail

/**
 * Copies the value of a key out: see skep_map_get_raw(). Of a per-CPU map, the values of all CPUs
 * into a skep::percpu.
 */
template <typename X, typename K, typename V>
[[nodiscard]] int get(const X &handle, const K &key, V &value)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::is_percpu<H>())
		return detail::get_percpu(detail::plain(handle), key, value);
	else if constexpr (detail::check_keyed<H>() && detail::check_key<H, K>() &&
			   detail::check_value<H, V>())
		return skep_map_get_raw(detail::plain(handle).map, &key, &value);
	return -EINVAL;
}

/** Sets the value of a key: see skep_map_put_raw(). Of a per-CPU map, from a skep::percpu. */
template <typename X, typename K, typename V>
[[nodiscard]] int put(const X &handle, const K &key, const V &value, skep_put how = SKEP_PUT_ANY)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::is_percpu<H>())
		return detail::put_percpu(detail::plain(handle), key, value, how);
	else if constexpr (detail::check_keyed<H>() && detail::check_key<H, K>() &&
			   detail::check_value<H, V>())
		return skep_map_put_raw(detail::plain(handle).map, &key, &value, how);
	return -EINVAL;
}

/** Gets the value of a key and removes the key, at once: see skep_map_take_raw(). */
template <typename X, typename K, typename V>
[[nodiscard]] int take(const X &handle, const K &key, V &value, skep_take how = SKEP_TAKE_ATOMIC)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_keyed<H>() && detail::check_key<H, K>() &&
		      detail::check_value<H, V>())
		return skep_map_take_raw(detail::plain(handle).map, &key, &value, how);
	return -EINVAL;
}

/** Removes a key: see skep_map_del_raw(). */
template <typename X, typename K> int del(const X &handle, const K &key)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_with_keys<H>() && detail::check_key<H, K>())
		return skep_map_del_raw(detail::plain(handle).map, &key);
	return -EINVAL;
}

/** Puts `count` entries; afterwards `count` says how many are in: see skep_map_put_batch_raw(). */
template <typename X, typename K, typename V>
[[nodiscard]] int put_batch(const X &handle, const K *keys, const V *values, size_t &count,
			    skep_put how = SKEP_PUT_ANY)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_keyed<H>() && detail::check_key<H, K>() &&
		      detail::check_value<H, V>())
		return skep_map_put_batch_raw(detail::plain(handle).map, keys, values, &count, how);
	return -EINVAL;
}

/** Removes `count` keys; afterwards `count` says how many are gone: see skep_map_del_batch_raw(). */
template <typename X, typename K>
[[nodiscard]] int del_batch(const X &handle, const K *keys, size_t &count)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::check_keyed<H>() && detail::check_key<H, K>())
		return skep_map_del_batch_raw(detail::plain(handle).map, keys, &count);
	return -EINVAL;
}

/** What an iteration over a map yields; binds to `auto [key, value]`. */
template <typename K, typename V> struct entry {
	K key;
	V value;
};

namespace detail
{

/* What an iteration is, by the kind of handle: one value, or those of all CPUs, which are lent. */
template <typename H, bool percpu> struct iteration {
	using value_type = typename map_of<H>::value_type;
	using type = skep_map_iter;
	static type *start(const H &handle, int *error)
	{
		return skep_map_iter_new_sized(handle.map, sizeof(*handle.key),
					       sizeof(*handle.value), error);
	}
	template <typename E> static bool next(type *iter, E &to)
	{
		return skep_map_iter_each_(iter, &to.key, sizeof(to.key), &to.value,
					   sizeof(to.value));
	}
};
template <typename H> struct iteration<H, true> {
	using value_type = percpu_values<typename map_of<H>::value_type>;
	using type = skep_percpu_iter;
	static type *start(const H &handle, int *error)
	{
		return skep_percpu_iter_new(handle.map, error);
	}
	template <typename E> static bool next(type *iter, E &to)
	{
		skep_percpu *values = nullptr;
		const bool more = skep_percpu_iter_next(iter, &to.key, &values);

		to.value = value_type(values);
		return more;
	}
};

} // namespace detail

/**
 * The entries of a map, copied, once: see skep_map_foreach(). Made by skep::entries(). Those of a
 * per-CPU map have a skep::percpu_values, valid for one round.
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
	using way = detail::iteration<H, detail::is_percpu<H>()>;

public:
	using value_type = entry<typename detail::map_of<H>::key_type, typename way::value_type>;
	using iterator = detail::cursor<entry_range, value_type>;

	explicit entry_range(const H &handle)
		: entry_(), error_(std::make_unique<int>(0)),
		  iter_(way::start(handle, error_.get()))
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
		return way::next(iter_, entry_);
	}
	const value_type *current() const noexcept
	{
		return &entry_;
	}

private:
	value_type entry_;
	/* Where the iteration writes: it must not move with the range. */
	std::unique_ptr<int> error_;
	owner<typename way::type> iter_;
};

/** A range over the entries of a map: see skep::entry_range. */
template <typename X> auto entries(const X &handle)
{
	using H = detail::plain_t<X>;

	if constexpr (detail::is_percpu<H>())
		return entry_range<H>(detail::plain(handle));
	else if constexpr (detail::check_keyed<H>())
		return entry_range<H>(detail::plain(handle));
}

/**
 * All entries of a map in two arrays, read as fast as the kernel can: see skep_map_snapshot().
 *
 * @code{.cpp}
 * skep::snapshot<flow_map> all;
 *
 * if (all.read(flows))
 *         return skep_perror("flows");
 * for (size_t i = 0; i < all.size(); i++)
 *         std::printf("%u -> %llu\n", all.key(i).port, all.value(i).packets);
 * @endcode
 */
template <typename H> class snapshot
{
	static_assert(detail::check_keyed<H>(), "skep: a snapshot is of a handle of SKEP_MAP()");
	using key_type = typename detail::map_of<H>::key_type;
	using value_type = typename detail::map_of<H>::value_type;

public:
	/** Reads all entries: see skep_map_snapshot_raw(). Replaces what was read before. */
	[[nodiscard]] int read(const H &handle, const skep_map_snapshot_opts *options = nullptr)
	{
		return skep_map_snapshot_raw(owner_.out(), handle.map, sizeof(key_type),
					     sizeof(value_type), options);
	}
	/** Reads all entries and removes them: see skep_map_drain_raw(). */
	[[nodiscard]] int drain(const H &handle)
	{
		return skep_map_drain_raw(owner_.out(), handle.map, sizeof(key_type),
					  sizeof(value_type));
	}
	/** How many entries there are. */
	size_t size() const noexcept
	{
		return owner_.empty() ? 0 : owner_.get()->count;
	}
	/** The key of an entry below size(). */
	const key_type &key(size_t i) const noexcept
	{
		return static_cast<const key_type *>(owner_.get()->keys)[i];
	}
	/** The value of an entry below size(). */
	const value_type &value(size_t i) const noexcept
	{
		return static_cast<const value_type *>(owner_.get()->values)[i];
	}

private:
	owner<skep_map_snapshot> owner_;
};

} // namespace skep

#endif
