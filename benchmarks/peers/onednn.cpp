// oneDNN beside the runner: matrix products with packed weights, convolutions in the layouts that it chooses itself.
// Debian: apt-get install g++ libdnnl-dev; g++ -O2 -std=c++17 onednn.cpp -ldnnl
#include <cstdio>
#include <cstring>
#include <dnnl.hpp>
#include <unordered_map>
#include "peer.hpp"

using namespace dnnl;
using Dims = memory::dims;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

static engine cpu(engine::kind::cpu, 0);
static stream queue(cpu);

static memory::desc plain(const Dims& dims, Tag tag = Tag::any) { return {dims, memory::data_type::f32, tag}; }

static memory filled(const memory::desc& desc) {
    memory m(desc, cpu);
    float* data = static_cast<float*>(m.get_data_handle());
    for (size_t i = 0; i < desc.get_size() / sizeof(float); i++)
        data[i] = float(i * 2654435761u % 2048) / 1024 - 1;
    return m;
}

static Call run(const primitive& p, const Arguments& arguments) {
    return [=] { p.execute(queue, arguments), queue.wait(); };
}

// [count, m, k] by [count, k, n]; the second operand of a single product is packed beforehand, as weights are.
static Call product(int count, int m, int k, int n) {
    bool batched = count > 1;
    memory::desc a = batched ? plain({count, m, k}, Tag::abc) : plain({m, k}, Tag::ab);
    memory::desc b = batched ? plain({count, k, n}, Tag::abc) : plain({k, n});
    memory::desc c = batched ? plain({count, m, n}, Tag::abc) : plain({m, n}, Tag::ab);
    matmul::primitive_desc desc(matmul::desc(a, b, c), cpu);
    return run(matmul(desc), {{DNNL_ARG_SRC, filled(desc.src_desc())}, {DNNL_ARG_WEIGHTS, filled(desc.weights_desc())}, {DNNL_ARG_DST, filled(desc.dst_desc())}});
}

struct Sizes { int batch, channels, results, extent, size, groups; };

static Call convolution(const Sizes& s, bool gradients) {
    Dims x{s.batch, s.channels, s.extent, s.extent}, y{s.batch, s.results, s.extent, s.extent}, one{1, 1}, pad{s.size / 2, s.size / 2};
    Dims w = s.groups > 1 ? Dims{s.groups, s.results / s.groups, s.channels / s.groups, s.size, s.size} : Dims{s.results, s.channels, s.size, s.size};
    auto direct = algorithm::convolution_direct;
    prop_kind kind = gradients ? prop_kind::forward_training : prop_kind::forward_inference;
    convolution_forward::primitive_desc f({kind, direct, plain(x), plain(w), plain(y), one, pad, pad}, cpu);
    Call forward = run(convolution_forward(f), {{DNNL_ARG_SRC, filled(f.src_desc())}, {DNNL_ARG_WEIGHTS, filled(f.weights_desc())}, {DNNL_ARG_DST, filled(f.dst_desc())}});
    if (!gradients)
        return forward;
    convolution_backward_data::primitive_desc d({direct, plain(x), plain(w), plain(y), one, pad, pad}, cpu, f);
    Call data = run(convolution_backward_data(d),
        {{DNNL_ARG_DIFF_SRC, filled(d.diff_src_desc())}, {DNNL_ARG_WEIGHTS, filled(d.weights_desc())}, {DNNL_ARG_DIFF_DST, filled(d.diff_dst_desc())}});
    convolution_backward_weights::primitive_desc g({direct, plain(x), plain(w), plain(y), one, pad, pad}, cpu, f);
    Call weights = run(convolution_backward_weights(g),
        {{DNNL_ARG_SRC, filled(g.src_desc())}, {DNNL_ARG_DIFF_WEIGHTS, filled(g.diff_weights_desc())}, {DNNL_ARG_DIFF_DST, filled(g.diff_dst_desc())}});
    return [=] { forward(), data(), weights(); };
}

static Call make(const std::string& suite, const std::string& name) {
    const char* text = name.c_str();
    int count, m, k, n, length = 0;
    auto ended = [&] { return text[length] == 0; };
    if (suite == "gemm" && std::sscanf(text, "%d products %dx%dx%d%n", &count, &m, &k, &n, &length) == 4 && ended())
        return product(count, m, k, n);
    if (suite == "gemm" && std::sscanf(text, "gemm %dx%dx%d%n", &m, &k, &n, &length) == 3
        && (ended() || !std::strcmp(text + length, ", constant b")))
        return product(1, m, k, n);
    Sizes s{0, 0, 0, 56, 0, 1};
    auto rest = [&] { return ended() || !std::strcmp(text + length, ", with gradients"); };
    if (suite == "convolution" && std::sscanf(text, "%dx%*d, %d to %d, batch %d%n", &s.size, &s.channels, &s.results, &s.batch, &length) == 4 && rest())
        return convolution(s, !ended());
    if (suite == "convolution" && std::sscanf(text, "depthwise %dx%*d, %d, batch %d%n", &s.size, &s.channels, &s.batch, &length) == 3 && rest()) {
        s.results = s.groups = s.channels;
        return convolution(s, !ended());
    }
    return nullptr;
}

int main() {
    const version_t* v = version();
    serve("onednn " + std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch), make);
}
