// einsum: labels are normalised per operand, operands are contracted in pairs by matmul or a product.
#include <algorithm>
#include <map>

#include "tensor/functions/linear.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

namespace {

constexpr int kEllipsis = 1000;  // labels kEllipsis + i: axis i of the ellipsis, counted from the right

using Labels = std::vector<int>;

struct Term {
  Tensor value;
  Labels labels;
};

[[noreturn]] void malformed(const std::string& subscripts, const std::string& why) {
  throw Error("E209", "einsum subscripts '" + subscripts + "': " + why, "for example 'ij,jk->ik'");
}

bool contains(const Labels& labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

/// Letters of one operand or of the result; -1 stands for the ellipsis.
Labels parse_labels(const std::string& text, const std::string& subscripts) {
  Labels out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (text.compare(i, 3, "...") != 0 || contains(out, -1)) malformed(subscripts, "an ellipsis is '...', once");
      out.push_back(-1);
      i += 2;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      out.push_back(c);
    } else {
      malformed(subscripts, std::string("unexpected '") + c + "'");
    }
  }
  return out;
}

/// The ellipsis written out as `rank` labels.
Labels expand_ellipsis(const Labels& labels, std::int64_t rank) {
  Labels out;
  for (const int label : labels) {
    if (label != -1) {
      out.push_back(label);
      continue;
    }
    for (std::int64_t i = rank - 1; i >= 0; --i) out.push_back(kEllipsis + static_cast<int>(i));
  }
  return out;
}

Tensor permuted(const Term& term, const Labels& order) {
  std::vector<std::int64_t> permutation;
  for (const int label : order) {
    permutation.push_back(std::find(term.labels.begin(), term.labels.end(), label) - term.labels.begin());
  }
  return std::is_sorted(permutation.begin(), permutation.end()) ? term.value : transpose(term.value, permutation);
}

/// Repeated labels become diagonals.
Term without_repeats(Term term, const std::string& subscripts) {
  for (std::size_t i = 0; i < term.labels.size(); ++i) {
    const auto again =
        std::find(term.labels.begin() + static_cast<std::ptrdiff_t>(i) + 1, term.labels.end(), term.labels[i]);
    if (again == term.labels.end()) continue;
    const auto j = static_cast<std::size_t>(again - term.labels.begin());
    const int label = term.labels[i];
    std::vector<std::int64_t> permutation;
    Labels rest;
    for (std::size_t k = 0; k < term.labels.size(); ++k) {
      if (k == i || k == j) continue;
      permutation.push_back(static_cast<std::int64_t>(k));
      rest.push_back(term.labels[k]);
    }
    permutation.push_back(static_cast<std::int64_t>(i));
    permutation.push_back(static_cast<std::int64_t>(j));
    const Tensor last = transpose(term.value, permutation);
    if (last.extent(-1) != last.extent(-2)) {
      throw Error("E407",
                  "einsum '" + subscripts + "': index '" + std::string(1, static_cast<char>(label)) + "' has extents " +
                      std::to_string(last.extent(-2)) + " and " + std::to_string(last.extent(-1)),
                  "");
    }
    rest.push_back(label);
    return without_repeats({diagonal(last), rest}, subscripts);
  }
  return term;
}

/// Sums over the labels of `term` that `needed` does not hold.
Term sum_unneeded(const Term& term, const Labels& needed) {
  std::vector<std::int64_t> axes;
  Labels rest;
  for (std::size_t i = 0; i < term.labels.size(); ++i) {
    if (contains(needed, term.labels[i])) {
      rest.push_back(term.labels[i]);
    } else {
      axes.push_back(static_cast<std::int64_t>(i));
    }
  }
  return axes.empty() ? term : Term{sum(term.value, axes), rest};
}

Labels joined(std::initializer_list<const Labels*> parts) {
  Labels out;
  for (const auto* part : parts) out.insert(out.end(), part->begin(), part->end());
  return out;
}

/// Axes of `term` in the order of `labels`, with extent 1 for those that it lacks.
Tensor aligned(const Term& term, const Labels& labels) {
  Labels own;
  for (const int label : labels) {
    if (contains(term.labels, label)) own.push_back(label);
  }
  const Tensor ordered = permuted(term, own);
  Shape shape;
  std::int64_t next = 0;
  for (const int label : labels) shape.push_back(contains(own, label) ? ordered.extent(next++) : 1);
  return detail::to_shape(ordered, shape);
}

std::int64_t extent_of(const Term& term, const Labels& labels) {
  std::int64_t size = 1;
  for (const int label : labels) {
    size *= term.value.extent(std::find(term.labels.begin(), term.labels.end(), label) - term.labels.begin());
  }
  return size;
}

/// Product of two terms summed over the labels that are not needed any more.
Term contract_pair(const Term& a, const Term& b, const Labels& needed) {
  Labels batch, bound, a_free, b_free;
  for (const int label : a.labels) {
    const bool shared = contains(b.labels, label);
    (shared ? (contains(needed, label) ? batch : bound) : a_free).push_back(label);
  }
  for (const int label : b.labels) {
    if (!contains(a.labels, label)) b_free.push_back(label);
  }
  const Labels all = joined({&batch, &a_free, &b_free, &bound});
  const Labels out = joined({&batch, &a_free, &b_free});
  if (bound.empty()) return {aligned(a, out) * aligned(b, out), out};
  if (a_free.empty() && b_free.empty()) {
    std::vector<std::int64_t> axes;
    for (std::size_t i = out.size(); i < all.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    return {sum(aligned(a, all) * aligned(b, all), axes), out};
  }
  if (a_free.empty()) return contract_pair(b, a, needed);  // a matrix times a vector
  const Labels a_order = joined({&batch, &a_free, &bound}), b_order = joined({&batch, &bound, &b_free});
  const Tensor left = permuted(a, a_order), right = permuted(b, b_order);
  const auto lead = static_cast<std::ptrdiff_t>(batch.size());
  Shape left_shape(left.shape().begin(), left.shape().begin() + lead), right_shape = left_shape;
  left_shape.insert(left_shape.end(), {extent_of(a, a_free), extent_of(a, bound)});
  right_shape.push_back(extent_of(b, bound));
  if (!b_free.empty() || !batch.empty()) right_shape.push_back(extent_of(b, b_free));
  Shape shape(left.shape().begin(), left.shape().begin() + lead + static_cast<std::ptrdiff_t>(a_free.size()));
  shape.insert(shape.end(), right.shape().end() - static_cast<std::ptrdiff_t>(b_free.size()), right.shape().end());
  const Tensor product = matmul(detail::to_shape(left, left_shape), detail::to_shape(right, right_shape));
  return {detail::to_shape(product, shape), out};
}

struct Parsed {
  std::vector<Labels> inputs;
  Labels output;
};

Parsed parse(const std::string& subscripts, const std::vector<Tensor>& operands) {
  std::string text;
  for (const char c : subscripts) {
    if (c != ' ') text += c;
  }
  const auto arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  std::vector<std::string> parts(1);
  for (const char c : left) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() != operands.size()) {
    malformed(subscripts,
              std::to_string(parts.size()) + " operands named, " + std::to_string(operands.size()) + " given");
  }
  Parsed out;
  std::int64_t widest = 0;
  std::map<int, int> counts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Labels labels = parse_labels(parts[i], subscripts);
    const auto letters = static_cast<std::int64_t>(labels.size()) - (contains(labels, -1) ? 1 : 0);
    const std::int64_t extra = operands[i].rank() - letters;
    if (extra < 0 || (extra > 0 && !contains(labels, -1))) {
      throw Error("E407",
                  "einsum '" + subscripts + "': operand " + std::to_string(i) + " has shape " +
                      to_string(operands[i].shape()) + ", but " + std::to_string(letters) + " indices",
                  "");
    }
    widest = std::max(widest, extra);
    for (const int label : labels) ++counts[label];
    out.inputs.push_back(expand_ellipsis(labels, extra));
  }
  if (arrow != std::string::npos) {
    const Labels labels = parse_labels(text.substr(arrow + 2), subscripts);
    for (const int label : labels) {
      if (label != -1 && counts[label] == 0) malformed(subscripts, "an index of the result is in no operand");
      if (std::count(labels.begin(), labels.end(), label) > 1) malformed(subscripts, "an index of the result repeats");
    }
    out.output = expand_ellipsis(labels, widest);
    return out;
  }
  Labels labels;
  if (widest > 0) labels.push_back(-1);
  for (const auto& [label, count] : counts) {
    if (label != -1 && count == 1) labels.push_back(label);
  }
  out.output = expand_ellipsis(labels, widest);
  return out;
}

/// Axes of extent 1 that another operand has larger are dropped: the product broadcasts.
void drop_broadcast_axes(std::vector<Term>& terms, const std::string& subscripts) {
  std::map<int, std::int64_t> extents;
  for (const auto& term : terms) {
    for (std::size_t i = 0; i < term.labels.size(); ++i) {
      const std::int64_t extent = term.value.extent(static_cast<std::int64_t>(i));
      auto [known, fresh] = extents.emplace(term.labels[i], extent);
      if (fresh || known->second == extent || extent == 1) continue;
      if (known->second != 1) {
        throw Error("E407",
                    "einsum '" + subscripts + "': one index has extents " + std::to_string(known->second) + " and " +
                        std::to_string(extent),
                    "");
      }
      known->second = extent;
    }
  }
  for (auto& term : terms) {
    for (std::size_t i = term.labels.size(); i-- > 0;) {
      const auto axis = static_cast<std::int64_t>(i);
      if (term.value.extent(axis) != 1 || extents[term.labels[i]] == 1) continue;
      term.value = squeeze(term.value, axis);
      term.labels.erase(term.labels.begin() + axis);
    }
  }
}

}  // namespace

Tensor einsum(const std::string& subscripts, const std::vector<Tensor>& operands) {
  if (operands.empty()) throw Error("E205", "einsum needs at least one operand", "");
  const Parsed parsed = parse(subscripts, operands);
  std::vector<Term> terms;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    terms.push_back(without_repeats({operands[i], parsed.inputs[i]}, subscripts));
  }
  drop_broadcast_axes(terms, subscripts);
  const auto needed_beyond = [&](std::size_t i, std::size_t j) {
    Labels needed = parsed.output;
    for (std::size_t k = 0; k < terms.size(); ++k) {
      if (k != i && k != j) needed.insert(needed.end(), terms[k].labels.begin(), terms[k].labels.end());
    }
    return needed;
  };
  for (std::size_t i = 0; i < terms.size(); ++i) terms[i] = sum_unneeded(terms[i], needed_beyond(i, i));
  while (terms.size() > 1) {
    terms[0] = contract_pair(terms[0], terms[1], needed_beyond(0, 1));
    terms.erase(terms.begin() + 1);
  }
  return permuted(terms[0], parsed.output);
}

}  // namespace dolab::tensor
