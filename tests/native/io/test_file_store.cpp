#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "platform.hpp"

#if DOLAB_TEST_PROCESSES
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#endif

#include "dolab/error.hpp"
#include "io/file_store.hpp"
#include "io/files.hpp"
#include "io/zarr.hpp"
#include "io/zip_store.hpp"
#include "tests/native/errors.hpp"

using namespace dolab;
using namespace dolab::io;
using dolab::testing::error_from;
namespace fs = std::filesystem;

namespace {

/// An empty folder, removed at the end.
class Folder {
 public:
  explicit Folder(const std::string& name) : path_(fs::temp_directory_path() / ("dolab-test-" + name)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Names in the folder, hidden ones included.
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

void write_store(ByteStore& store, double value) {
  StoreWriter writer(store);
  writer.array("posterior", "mu", Array::vector({value, 2}), {"chain"});
  writer.close();
}

double first_value(const std::string& path) {
  const auto store = open_store(path);
  return StoreReader(*store).read("posterior", "mu")[0];
}

}  // namespace

TEST_CASE("a store appears at commit and not before", "[io][file_store]") {
  const Folder folder("commit");
  for (const std::string name : {"a.zarr", "a.zarr.zip", "made/on/the/way.zarr"}) {
    const std::string path = folder / name;
    const auto store = create_store(path, false);
    write_store(*store, 1);
    CHECK_FALSE(fs::exists(path));
    store->commit();
    CHECK(first_value(path) == 1.0);
  }
  CHECK(folder.entries() == 3);
}

TEST_CASE("an abandoned store leaves nothing", "[io][file_store]") {
  const Folder folder("abandon");
  write_store(*create_store(folder / "a.zarr", false), 1);
  write_store(*create_store(folder / "a.zarr.zip", false), 1);
  write_store(*create_store(folder / "made/on/the/way.zarr", false), 1);
  CHECK(folder.entries() == 0);
}

TEST_CASE("existing results are kept unless they are to be replaced", "[io][file_store]") {
  const Folder folder("overwrite");
  for (const std::string name : {"a.zarr", "a.zarr.zip"}) {
    const std::string path = folder / name;
    const auto first = create_store(path, false);
    write_store(*first, 1);
    first->commit();
    CHECK(error_from([&] { create_store(path, false); }).code() == "E1006");
    CHECK(first_value(path) == 1.0);

    write_store(*create_store(path, true), 2);  // abandoned
    CHECK(first_value(path) == 1.0);

    const auto second = create_store(path, true);
    write_store(*second, 3);
    CHECK(first_value(path) == 1.0);
    second->commit();
    CHECK(first_value(path) == 3.0);
  }
  CHECK(folder.entries() == 2);

  const auto late = create_store(folder / "late.zarr", false);
  write_store(*late, 1);
  fs::create_directory(folder / "late.zarr");
  CHECK(error_from([&] { late->commit(); }).code() == "E1006");
}

TEST_CASE("what is no store is never replaced", "[io][file_store]") {
  const Folder folder("precious");
  fs::create_directory(folder / "photos");
  write_file(folder / "photos/cat.jpg", "cat");
  write_file(folder / "notes.txt", "notes");
  CHECK(error_from([&] { create_store(folder / "photos", true); }).code() == "E1006");
  CHECK(error_from([&] { create_store(folder / "notes.txt", true); }).code() == "E1006");
  CHECK(error_from([&] { create_store(folder / "", true); }).code() == "E1006");
  CHECK(read_file(folder / "photos/cat.jpg") == "cat");
  CHECK(read_file(folder / "notes.txt") == "notes");
}

TEST_CASE("impossible outputs are refused at once", "[io][file_store]") {
  const Folder folder("impossible");
  write_file(folder / "file", "x");
  const Error error = error_from([&] { create_store(folder / "file/a.zarr", false); });
  CHECK(error.code() == "E1008");
  CHECK(error.message().find("a.zarr") != std::string::npos);
  CHECK(error_from([&] { create_store(folder / "file/deep/a.zarr", false); }).code() == "E1008");
  CHECK(error_from([&] { create_store("", false); }).code() == "E1008");
  CHECK(error_from([&] { open_store(folder / "absent.zarr"); }).code() == "E1001");
  CHECK(error_from([&] { open_store(folder / "file"); }).code() == "E1007");
  CHECK(error_from([&] { StoreReader(*FileStore::open(folder / "")); }).code() == "E1007");
  CHECK(folder.entries() == 1);
}

TEST_CASE("keys cannot climb out of a store", "[io][file_store]") {
  const Folder folder("climb");
  const auto store = create_store(folder / "a.zarr", false);
  for (const char* key : {"../evil", "a/../../evil", "/evil", "a//b", "", ".", "a/.", "a\\b"}) {
    INFO(key);
    CHECK(error_from([&] { store->put(key, "x"); }).code() == "E1008");
    CHECK_FALSE(store->get(key).has_value());
  }
  CHECK(error_from([&] { FileStore::open(folder / "")->put("a", "x"); }).code() == "E1008");
}

TEST_CASE("links are followed, not replaced", "[io][file_store]") {
  const Folder folder("links");
  const auto store = create_store(folder / "real.zarr", false);
  write_store(*store, 1);
  store->commit();
  fs::create_directory_symlink(folder / "real.zarr", folder / "link.zarr");
  const auto second = create_store(folder / "link.zarr", true);
  write_store(*second, 2);
  second->commit();
  CHECK(fs::is_symlink(folder / "link.zarr"));
  CHECK(first_value(folder / "real.zarr") == 2.0);
}

TEST_CASE("a file is written whole or not at all", "[io][file_store]") {
  const Folder folder("file");
  write_file_atomically(folder / "t.csv", "one", false);
  CHECK(error_from([&] { write_file_atomically(folder / "t.csv", "two", false); }).code() == "E1006");
  write_file_atomically(folder / "t.csv", "two", true);
  CHECK(read_file(folder / "t.csv") == "two");
  CHECK(error_from([&] { read_file(folder / "absent"); }).code() == "E1001");
  CHECK(error_from([&] { read_file(folder / ""); }).code() == "E1001");
  CHECK(folder.entries() == 1);
}

TEST_CASE("an archive in memory is read back, joined and saved", "[io][zip]") {
  const Folder folder("memory");
  const auto zip = ZipWriter::in_memory();
  zip->put("a", "first");
  zip->put("b/c", "");
  zip->put("d", std::string(100000, 'x'));
  CHECK(zip->get("a") == "first");
  CHECK(zip->get("b/c") == "");
  zip->commit();
  const std::string bytes = zip->bytes();
  const std::string path = folder / "saved.zip";
  zip->save(path);
  CHECK(read_file(path) == bytes);
  CHECK(ZipReader::open(path)->get("d") == std::string(100000, 'x'));
  try {
    zip->save(folder / "missing/saved.zip");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == "E1008");
  }
}

TEST_CASE("damaged archives are refused", "[io][zip]") {
  const auto zip = ZipWriter::in_memory();
  write_store(*zip, 1);
  zip->commit();
  const std::string good = zip->bytes();
  const auto outcome = [](const std::string& bytes) -> std::string {
    try {
      const auto archive = ZipReader::from_bytes(bytes);
      StoreReader(*archive).read("posterior", "mu");
    } catch (const Error& error) {
      return error.code();
    }
    return "none";
  };
  REQUIRE(outcome(good) == "none");
  for (std::size_t size = 0; size < good.size(); size += 7) CHECK(outcome(good.substr(0, size)) == "E1007");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bytes = good;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x81);
    const std::string code = outcome(bytes);
    INFO("byte " << i);
    CHECK((code == "none" || code == "E1007"));
  }
}

#if DOLAB_TEST_PROCESSES

namespace {

/// Runs `call` in a child process and returns its exit status as waitpid gives it.
template <class Call>
int in_child(Call call) {
  const pid_t child = fork();
  if (child == 0) {
    int code = 1;
    try {
      code = call();
    } catch (const Error& error) {
      code = error.code() == "E1008" ? 8 : 9;
    }
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("a killed writer leaves no result", "[io][file_store]") {
  const Folder folder("killed");
  const std::string path = folder / "a.zarr";
  const int status = in_child([&] {
    const auto store = create_store(path, false);
    write_store(*store, 1);
    return raise(SIGKILL);
  });
  CHECK(WIFSIGNALED(status));
  CHECK_FALSE(fs::exists(path));
  const auto store = create_store(path, false);  // what the dead one left does not stand in the way
  write_store(*store, 2);
  store->commit();
  CHECK(first_value(path) == 2.0);
}

TEST_CASE("a full disk is an error and leaves nothing", "[io][file_store]") {
  const Folder folder("full");
  for (const std::string name : {"a.zarr", "a.zarr.zip"}) {
    const std::string path = folder / name;
    const int status = in_child([&] {
      signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{20000, 20000};
      setrlimit(RLIMIT_FSIZE, &limit);
      const auto store = create_store(path, false);
      StoreWriter writer(*store, "{}", Codec::none);
      writer.array("posterior", "mu", Array(DType::real, {10000}), {"draw"});
      writer.close();
      store->commit();
      return 0;
    });
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 8);
    CHECK(folder.entries() == 0);
  }
}

#endif
