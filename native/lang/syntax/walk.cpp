#include "lang/syntax/walk.hpp"

namespace dolab::lang {
namespace {

using Visit = std::function<void(const Expr&)>;

void walk(const Block& block, const Visit& visit);

void walk(const Expr* e, const Visit& visit);

void walk(const std::vector<const Expr*>& list, const Visit& visit) {
  for (const Expr* e : list) walk(e, visit);
}

void walk(const std::vector<FStringPart>& parts, const Visit& visit) {
  for (const FStringPart& part : parts) {
    walk(part.value, visit);
    walk(part.format, visit);
  }
}

void walk(const std::vector<Argument>& arguments, const Visit& visit) {
  for (const Argument& argument : arguments) walk(argument.value, visit);
}

void walk(const Expr* e, const Visit& visit) {
  if (e == nullptr) return;
  visit(*e);
  switch (e->kind) {
    case ExprKind::constant:
    case ExprKind::name:
      break;
    case ExprKind::fstring:
      walk(static_cast<const FString*>(e)->parts, visit);
      break;
    case ExprKind::unary:
      walk(static_cast<const Unary*>(e)->operand, visit);
      break;
    case ExprKind::arithmetic:
    case ExprKind::compare:
    case ExprKind::boolean:
      walk(static_cast<const Chain*>(e)->operands, visit);
      break;
    case ExprKind::ternary: {
      const auto* t = static_cast<const Ternary*>(e);
      walk(t->test, visit);
      walk(t->if_true, visit);
      walk(t->if_false, visit);
      break;
    }
    case ExprKind::lambda:
      walk_function(static_cast<const Lambda*>(e)->code, visit);
      break;
    case ExprKind::call:
      walk(static_cast<const Call*>(e)->function, visit);
      walk(static_cast<const Call*>(e)->arguments, visit);
      break;
    case ExprKind::attribute:
      walk(static_cast<const Attribute*>(e)->object, visit);
      break;
    case ExprKind::subscript:
      walk(static_cast<const Subscript*>(e)->object, visit);
      walk(static_cast<const Subscript*>(e)->index, visit);
      break;
    case ExprKind::slice: {
      const auto* s = static_cast<const SliceExpr*>(e);
      walk(s->lower, visit);
      walk(s->upper, visit);
      walk(s->step, visit);
      break;
    }
    case ExprKind::starred:
      walk(static_cast<const Starred*>(e)->value, visit);
      break;
    case ExprKind::tuple:
    case ExprKind::list:
    case ExprKind::set:
      walk(static_cast<const Sequence*>(e)->elements, visit);
      break;
    case ExprKind::dict:
      walk(static_cast<const DictExpr*>(e)->keys, visit);
      walk(static_cast<const DictExpr*>(e)->values, visit);
      break;
    case ExprKind::comprehension: {
      const auto* c = static_cast<const Comprehension*>(e);
      walk(c->element, visit);
      walk(c->value, visit);
      for (const ComprehensionClause& clause : c->clauses) {
        walk(clause.iterable, visit);
        walk(clause.conditions, visit);
      }
      break;
    }
    case ExprKind::named:
      walk(static_cast<const Named*>(e)->value, visit);
      break;
    case ExprKind::unsupported:
      walk(static_cast<const Unsupported*>(e)->operand, visit);
      break;
  }
}

void walk(const Stmt& statement, const Visit& visit) {
  switch (statement.kind) {
    case StmtKind::expression:
    case StmtKind::return_:
    case StmtKind::delete_:
      walk(static_cast<const ExprStmt&>(statement).value, visit);
      break;
    case StmtKind::assign:
      walk(static_cast<const Assign&>(statement).targets, visit);
      walk(static_cast<const Assign&>(statement).value, visit);
      break;
    case StmtKind::augmented:
      walk(static_cast<const Augmented&>(statement).target, visit);
      walk(static_cast<const Augmented&>(statement).value, visit);
      break;
    case StmtKind::annotated:
      walk(static_cast<const Annotated&>(statement).value, visit);
      break;
    case StmtKind::if_: {
      const auto& s = static_cast<const If&>(statement);
      walk(s.tests, visit);
      for (const Block& block : s.blocks) walk(block, visit);
      walk(s.otherwise, visit);
      break;
    }
    case StmtKind::for_:
    case StmtKind::while_: {
      const auto& s = static_cast<const Loop&>(statement);
      walk(s.test, visit);
      walk(s.body, visit);
      walk(s.otherwise, visit);
      break;
    }
    case StmtKind::with: {
      const auto& s = static_cast<const With&>(statement);
      for (const WithItem& item : s.items) walk(item.context, visit);
      walk(s.body, visit);
      break;
    }
    case StmtKind::function: {
      const auto& s = static_cast<const FunctionDef&>(statement);
      walk(s.decorators, visit);
      walk_function(s.code, visit);
      break;
    }
    case StmtKind::class_:
      walk(static_cast<const ClassDef&>(statement).body, visit);
      break;
    case StmtKind::try_: {
      const auto& s = static_cast<const Try&>(statement);
      walk(s.body, visit);
      for (const ExceptClause& clause : s.handlers) walk(clause.body, visit);
      walk(s.otherwise, visit);
      walk(s.finally, visit);
      break;
    }
    case StmtKind::raise:
    case StmtKind::assert_:
      walk(static_cast<const PairStmt&>(statement).value, visit);
      walk(static_cast<const PairStmt&>(statement).second, visit);
      break;
    default:
      break;
  }
}

void walk(const Block& block, const Visit& visit) {
  for (const Stmt* statement : block) walk(*statement, visit);
}

}  // namespace

void walk_function(const FunctionCode& code, const Visit& visit) {
  for (const Parameter& parameter : code.parameters) walk(parameter.default_value, visit);
  walk(code.expression, visit);
  walk(code.body, visit);
}

}  // namespace dolab::lang
