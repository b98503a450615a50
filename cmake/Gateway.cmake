# The three words in which the rooms describe themselves to CMake.
#
#   gateway_library(NAME domain SRCS a.cc b.cc DEPS gateway::base)   a room, alias gateway::domain
#   gateway_binary(NAME eagle SRCS main.cc DEPS gateway::client_cli)
#   gateway_test(NAME base_test SRCS a_test.cc DEPS gateway::base LABELS unit)
#     Labels: unit, sim, crash ...; "soak" = more seeds or crash points in the environment mean more work (up to an hour a case);
#     "no-tsan" = not under the thread sanitizer.
#
# No global flags and no global include paths: includes are written from the top of the tree ("server/base/money.h").

option(GATEWAY_WERROR "Warnings are errors" OFF)
set(GATEWAY_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them: address,undefined or thread")

add_library(gateway_flags INTERFACE)
target_compile_options(gateway_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Wno-sign-conversion -Wno-missing-field-initializers -fno-omit-frame-pointer)
if(GATEWAY_WERROR)
  target_compile_options(gateway_flags INTERFACE -Werror)
endif()
if(GATEWAY_SANITIZE)
  target_compile_options(gateway_flags INTERFACE -fsanitize=${GATEWAY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(gateway_flags INTERFACE -fsanitize=${GATEWAY_SANITIZE})
endif()

function(gateway_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  if(ARG_SRCS)
    add_library(gateway_${ARG_NAME} STATIC ${ARG_SRCS})
    target_link_libraries(gateway_${ARG_NAME} PUBLIC ${ARG_DEPS} PRIVATE gateway_flags)
    target_include_directories(gateway_${ARG_NAME} PUBLIC ${PROJECT_SOURCE_DIR})
  else()
    add_library(gateway_${ARG_NAME} INTERFACE)
    target_link_libraries(gateway_${ARG_NAME} INTERFACE ${ARG_DEPS})
    target_include_directories(gateway_${ARG_NAME} INTERFACE ${PROJECT_SOURCE_DIR})
  endif()
  add_library(gateway::${ARG_NAME} ALIAS gateway_${ARG_NAME})
endfunction()

function(gateway_binary)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} gateway_flags)
endfunction()

function(gateway_test)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS;LABELS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gmock GTest::gtest_main gateway_flags)
  target_compile_definitions(${ARG_NAME} PRIVATE
    GATEWAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}" GATEWAY_BINARY_DIR="${CMAKE_BINARY_DIR}")
  # A list would be torn apart on its way through the discovery: several labels travel as one, "sim,soak", which -L and -LE match too.
  list(JOIN ARG_LABELS "," labels)
  set(timeout 600)
  if("soak" IN_LIST ARG_LABELS)
    set(timeout 3600)
  endif()
  gtest_discover_tests(${ARG_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${labels}" TIMEOUT ${timeout})
endfunction()
