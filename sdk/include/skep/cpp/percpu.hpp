/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_CPP_PERCPU_HPP
#define SKEP_CPP_PERCPU_HPP
/**
 * @file cpp/percpu.hpp
 * The values that a per-CPU map has for one key. Part of skep.hpp.
 *
 * @code{.cpp}
 * typedef SKEP_PERCPU_MAP(uint32_t, struct count) count_map;
 *
 * skep::owner<count_map> counts;
 * skep::percpu<struct count> values;
 *
 * if (skep_map_open(counts.out(), object, "counts") || skep::get(counts, 1u, values))
 *         return skep_perror("counts");
 * std::printf("%llu\n", values.sum(&count::packets));
 * @endcode
 */
#include <cerrno>
#include <functional>

#include <skep/cpp/owner.hpp>

namespace skep
{

namespace detail
{

struct itself {
	template <typename V> const V &operator()(const V &value) const
	{
		return value;
	}
};

} // namespace detail

/**
 * Values of all CPUs, lent: of a skep::percpu, or of one round of skep::entries(). Value i is that
 * of CPU cpu(i).
 */
template <typename V> class percpu_values
{
public:
	percpu_values() = default;
	explicit percpu_values(skep_percpu *values) : at_(values)
	{
	}
	/** How many CPUs this machine may have; 0 where nothing was read. */
	size_t size() const noexcept
	{
		return at_ ? at_->count : 0;
	}
	/** The number of the i-th CPU, with i below size(). */
	unsigned int cpu(size_t i) const noexcept
	{
		return at_->numbers ? at_->numbers[i] : static_cast<unsigned int>(i);
	}
	/** The value of the i-th CPU, with i below size(). */
	V &operator[](size_t i) const noexcept
	{
		return *static_cast<V *>(static_cast<void *>(at_->bytes + i * stride));
	}

	/**
	 * The sum, in the widest type of its kind. `what` is a member (`&count::packets`) or
	 * anything that makes a number of a value.
	 */
	template <typename F = detail::itself> auto sum(F what = F()) const
	{
		wide<F> total = 0;

		for (size_t i = 0; i < size(); i++)
			total += static_cast<wide<F>>(std::invoke(what, (*this)[i]));
		return total;
	}
	/** The least; 0 where nothing was read. */
	template <typename F = detail::itself> auto min(F what = F()) const
	{
		return best(what, std::less<wide<F>>());
	}
	/** The greatest; 0 where nothing was read. */
	template <typename F = detail::itself> auto max(F what = F()) const
	{
		return best(what, std::greater<wide<F>>());
	}
	/** `merge(V &into, const V &)` for the value of each CPU. */
	template <typename F> void merge_into(V &into, F merge) const
	{
		for (size_t i = 0; i < size(); i++)
			merge(into, static_cast<const V &>((*this)[i]));
	}
	/** Borrows the view of C. */
	skep_percpu *get() const noexcept
	{
		return at_;
	}

protected:
	skep_percpu *at_ = nullptr;

private:
	/* As the kernel lays them out. */
	static constexpr size_t stride = (sizeof(V) + 7) / 8 * 8;

	template <typename F>
	using number =
		detail::bare<decltype(std::invoke(std::declval<F &>(), std::declval<V &>()))>;
	template <typename F> struct widened {
		using from = number<F>;
		static_assert(std::is_arithmetic_v<from>,
			      "skep: this is not a number: name a member of the value");
		using type = std::conditional_t<
			std::is_floating_point_v<from>, double,
			std::conditional_t<std::is_signed_v<from>, long long, unsigned long long>>;
	};
	template <typename F> using wide = typename widened<F>::type;

	template <typename F, typename B> wide<F> best(F what, B better) const
	{
		wide<F> found = 0;

		for (size_t i = 0; i < size(); i++) {
			const auto x = static_cast<wide<F>>(std::invoke(what, (*this)[i]));

			if (i == 0 || better(x, found))
				found = x;
		}
		return found;
	}
};

/**
 * Values of all CPUs, owned: what skep::get() reads into and skep::put() writes from. It has room
 * for the map's machine from open() on, which skep::get() calls when nobody did.
 */
template <typename V> class percpu : public percpu_values<V>
{
public:
	percpu() = default;
	percpu(percpu &&other) noexcept
	{
		*this = std::move(other);
	}
	percpu &operator=(percpu &&other) noexcept
	{
		view_ = std::move(other.view_);
		this->at_ = std::exchange(other.at_, nullptr);
		return *this;
	}

	/** Makes room for the values of a map, all zero: see skep_percpu_new_raw(). */
	template <typename X> [[nodiscard]] int open(const X &handle)
	{
		using H = detail::plain_t<X>;

		if constexpr (detail::check_value<H, V>()) {
			const int err = skep_percpu_new_raw(view_.out(), detail::plain(handle).map);

			this->at_ = view_;
			return err;
		}
		return -EINVAL;
	}
	/** Sets the value of each CPU. */
	void fill(const V &value) noexcept
	{
		for (size_t i = 0; i < this->size(); i++)
			(*this)[i] = value;
	}

private:
	owner<skep_percpu> view_;
};

namespace detail
{

template <typename V> struct percpu_of : std::false_type {
};
template <typename V> struct percpu_of<percpu<V>> : std::true_type {
	using type = V;
};

/* Whether `View` is a view of the map's values; says so where it is not. */
template <typename H, typename View> constexpr bool check_view()
{
	static_assert(percpu_of<View>::value,
		      "skep: this map has a value for each CPU: take a skep::percpu<V>");
	if constexpr (percpu_of<View>::value)
		return check_value<H, typename percpu_of<View>::type>();
	return false;
}

template <typename H, typename K, typename View>
int get_percpu(const H &handle, const K &key, View &view)
{
	if constexpr (check_key<H, K>() && check_view<H, View>()) {
		const int err = view.get() ? 0 : view.open(handle);

		return err ? err : skep_percpu_get_raw(handle.map, &key, view.get());
	}
	return -EINVAL;
}

template <typename H, typename K, typename View>
int put_percpu(const H &handle, const K &key, const View &view, skep_put how)
{
	if constexpr (check_key<H, K>() && check_view<H, View>())
		return skep_percpu_put_raw(handle.map, &key, view.get(), how);
	return -EINVAL;
}

} // namespace detail

} // namespace skep

#endif
