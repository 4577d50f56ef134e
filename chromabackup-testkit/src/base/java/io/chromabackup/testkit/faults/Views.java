package io.chromabackup.testkit.faults;

import io.chromabackup.testkit.faults.Steps.Kind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttributeView;
import java.util.LinkedHashSet;
import java.util.Set;

/** Views of attributes, whatever kinds the file system behind has, that change them in steps. */
final class Views {
  private Views() {}

  static Object of(FaultyFileSystem owner, Path path, FileAttributeView view) {
    return Proxy.newProxyInstance(
        Views.class.getClassLoader(),
        interfaces(view.getClass()).toArray(Class<?>[]::new),
        (proxy, method, arguments) -> {
          if (method.getName().equals("name") || method.getDeclaringClass() == Object.class) {
            return call(view, method, arguments);
          }
          boolean changes = method.getName().startsWith("set");
          return owner.steps.take(
              changes ? Kind.CHANGE : Kind.LOOK,
              changes ? "set" : "look",
              path,
              () -> call(view, method, arguments));
        });
  }

  private static Object call(FileAttributeView view, Method method, Object[] arguments)
      throws java.io.IOException {
    try {
      return method.invoke(view, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof java.io.IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<Class<?>> interfaces(Class<?> type) {
    Set<Class<?>> found = new LinkedHashSet<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      for (Class<?> one : each.getInterfaces()) {
        if (FileAttributeView.class.isAssignableFrom(one)
            && one.getPackageName().equals("java.nio.file.attribute")) {
          found.add(one);
        }
      }
    }
    return found;
  }
}
