/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_TYPES_HPP
#define SKEP_CPP_TYPES_HPP
/**
 * @file cpp/types.hpp
 * How skep.hpp knows the typed handles, and checks types. Nothing here is called directly.
 */
#include <iterator>
#include <type_traits>
#include <utility>

#include <skep/map.h>
#include <skep/ring.h>

namespace skep
{

namespace detail
{

template <typename T> using bare = std::remove_cv_t<std::remove_reference_t<T>>;
template <typename T> using pointed = std::remove_cv_t<std::remove_pointer_t<T>>;

/* Handles are the unions of SKEP_MAP(K, V) and SKEP_RING(T): known by their members. */
template <typename H, typename = void> struct map_of : std::false_type {
};
template <typename H>
struct map_of<H, std::void_t<decltype(H::map), decltype(H::key), decltype(H::value)>>
	: std::true_type {
	using key_type = pointed<decltype(H::key)>;
	using value_type = pointed<decltype(H::value)>;
};
/* Which macro of C declared it. */
template <typename H> constexpr size_t access_of = sizeof(*std::declval<const H &>().access_);
template <typename H, skep_map_access... A>
constexpr bool has_access = ((access_of<H> == static_cast<size_t>(A)) || ...);

/* A handle of SKEP_MAP_OF_MAPS() knows that of its inner maps. */
template <typename H, typename = void> struct inner_of : std::false_type {
};
template <typename H> struct inner_of<H, std::void_t<decltype(H::inner)>> : std::true_type {
	using type = pointed<decltype(H::inner)>;
};

template <typename H, typename = void> struct ring_of : std::false_type {
};
template <typename H>
struct ring_of<H, std::void_t<decltype(H::ring), decltype(H::type)>> : std::true_type {
	using record_type = pointed<decltype(H::type)>;
};

/* Those of SKEP_RINGS(T) and SKEP_MERGE(T). */
template <typename H, typename = void> struct rings_of : std::false_type {
};
template <typename H>
struct rings_of<H, std::void_t<decltype(H::rings), decltype(H::type)>> : std::true_type {
	using record_type = pointed<decltype(H::type)>;
};
template <typename H, typename = void> struct merge_of : std::false_type {
};
template <typename H>
struct merge_of<H, std::void_t<decltype(H::merge), decltype(H::type)>> : std::true_type {
	using record_type = pointed<decltype(H::type)>;
};

template <typename T>
constexpr bool is_number =
	std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char>;

/* Integers of equal size and signedness count as one: the kernel's __u64 is not uint64_t. */
template <typename A, typename B> constexpr bool is_same()
{
	if constexpr (is_number<A> && is_number<B>)
		return sizeof(A) == sizeof(B) && std::is_signed_v<A> == std::is_signed_v<B>;
	else
		return std::is_same_v<A, B>;
}

/* Where nothing can be said about K or V because the handle is none. */
template <typename H> constexpr bool check_map()
{
	static_assert(map_of<H>::value, "skep: this is not a handle of SKEP_MAP()");
	return map_of<H>::value;
}

template <typename H, typename K> constexpr bool check_key()
{
	if constexpr (check_map<H>()) {
		static_assert(is_same<typename map_of<H>::key_type, bare<K>>(),
			      "skep: this is not the map's key type");
		return is_same<typename map_of<H>::key_type, bare<K>>();
	}
	return false;
}

template <typename H, typename V> constexpr bool check_value()
{
	if constexpr (check_map<H>()) {
		static_assert(is_same<typename map_of<H>::value_type, bare<V>>(),
			      "skep: this is not the map's value type");
		return is_same<typename map_of<H>::value_type, bare<V>>();
	}
	return false;
}

template <typename H> constexpr bool check_ring()
{
	static_assert(ring_of<H>::value, "skep: this is not a handle of SKEP_RING()");
	return ring_of<H>::value;
}

template <typename H, typename T> constexpr bool check_record()
{
	if constexpr (check_ring<H>()) {
		static_assert(is_same<typename ring_of<H>::record_type, bare<T>>(),
			      "skep: this is not the ring's record type");
		return is_same<typename ring_of<H>::record_type, bare<T>>();
	}
	return false;
}

template <typename H> constexpr bool check_rings()
{
	static_assert(rings_of<H>::value, "skep: this is not a handle of SKEP_RINGS()");
	return rings_of<H>::value;
}

template <typename H, typename T> constexpr bool check_rings_record()
{
	static_assert(is_same<typename rings_of<H>::record_type, bare<T>>(),
		      "skep: this is not the rings' record type");
	return is_same<typename rings_of<H>::record_type, bare<T>>();
}

template <typename H, typename T> constexpr bool check_merge_record()
{
	static_assert(is_same<typename merge_of<H>::record_type, bare<T>>(),
		      "skep: this is not the merge's record type");
	return is_same<typename merge_of<H>::record_type, bare<T>>();
}

} // namespace detail

/** The end of the ranges of skep. */
struct end_of_range {
};

namespace detail
{

/* One pass over something that says itself when it is at its end. */
template <typename R, typename T> class cursor
{
public:
	using iterator_category = std::input_iterator_tag;
	using value_type = T;
	using difference_type = std::ptrdiff_t;
	using pointer = const T *;
	using reference = const T &;

	explicit cursor(R *range) : range_(range)
	{
		++*this;
	}
	reference operator*() const noexcept
	{
		return *range_->current();
	}
	pointer operator->() const noexcept
	{
		return range_->current();
	}
	cursor &operator++()
	{
		if (!range_->next())
			range_ = nullptr;
		return *this;
	}
	bool operator!=(end_of_range) const noexcept
	{
		return range_ != nullptr;
	}
	bool operator==(end_of_range) const noexcept
	{
		return range_ == nullptr;
	}

private:
	R *range_;
};

} // namespace detail

} // namespace skep

#endif
